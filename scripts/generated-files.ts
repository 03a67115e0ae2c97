import { commandsPage } from '../deploy/schema/commands-page';
import { configurationPage } from '../deploy/schema/configuration-page';
import { errorsPage } from '../deploy/schema/errors-page';
import { generateSchemas } from '../deploy/schema/generate';
import { preflightActionsDocument } from '../deploy/src/preflight/table';
import { contractDocument } from '../infra/contract';

/** Every committed file that is generated: path from the root, with forward slashes, and the text that it must have. */
export function generatedFiles(): { path: string; text: string }[] {
  return [
    { path: 'app/ecs/contract.json', text: contractDocument() },
    { path: 'deploy/docs/commands.md', text: commandsPage() },
    { path: 'deploy/docs/configuration.md', text: configurationPage() },
    { path: 'deploy/docs/errors.md', text: errorsPage() },
    ...generateSchemas().map(({ path, text }) => ({ path: `deploy/schema/${path}`, text })),
    { path: 'deploy/schema/preflight-actions.json', text: preflightActionsDocument() },
  ];
}
