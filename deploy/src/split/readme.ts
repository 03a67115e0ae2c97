/** What the README of an app says besides, once it stands in a repository of its own. */
export function ownRepositorySection(services: readonly string[]): string {
  return `## In a repository of its own

This repository was split off from one that holds the infrastructure as well.

- \`npm run --silent slipway -- COMMAND\` is the command that the workflows use: one file in
  \`.github/actions/slipway/dist\`. Nothing is installed for it.
- \`ecs/contract.json\` comes from the infrastructure. When something is added there, copy the file over; what
  \`slipway check\` then finds is what to change here.
- When an output is used that was not used before, say so there: \`slipway check --write-uses FILE\` writes the file that
  belongs into its \`infra/consumers/\`. It keeps outputs that an app relies on from going away.
- The roles trust this repository because \`github.apps\` in its \`infra/environments/project.ts\` names it, for
  ${services.map((name) => `\`${name}\``).join(', ')}. A repository that is renamed must be named anew.
`;
}
