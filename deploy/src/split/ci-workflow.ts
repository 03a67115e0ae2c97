import { isMap, isSeq, parseDocument, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';

/**
 * `ci.yml` of an app alone: on pull requests the tests of deploy.yml, with the same actions in the same versions, and
 * what a review should not have to look at: types, format, and the definitions against the contract.
 *
 * @param deploy text of deploy.yml as the new repository has it
 * @returns undefined where deploy.yml has no job that only tests
 */
export function ciWorkflow(deploy: string, scripts: readonly string[]): string | undefined {
  const source = parseDocument(deploy);
  const jobs = source.get('jobs');
  const test = isMap(jobs) ? jobs.get('test') : undefined;
  const steps = isMap(test) ? test.get('steps') : undefined;
  if (!isMap(test) || !isSeq(steps)) return undefined;

  const document = parseDocument(HEAD);
  for (const key of ['defaults', 'env']) {
    const node = source.get(key, true);
    if (node !== undefined) document.set(spaced(key), node);
  }
  const job = test.clone() as YAMLMap;
  job.delete('if');
  job.delete('needs');
  const own = job.get('steps') as YAMLSeq;
  const usesSlipway = deploy.includes(`uses: ${SLIPWAY}`);
  const more = [
    ...['test:full', 'typecheck', 'format:check']
      .filter((name) => scripts.includes(name))
      .map((name) => ({ run: `npm run ${name}` })),
    ...(usesSlipway
      ? [
          ...(JSON.stringify(own.toJSON()).includes(SLIPWAY) ? [] : [{ uses: SLIPWAY }]),
          { name: 'Check the definitions against the contract', run: 'slipway check' },
        ]
      : []),
  ];
  for (const step of more) own.add(document.createNode(step));
  document.set(spaced('jobs'), document.createNode({}));
  document.setIn(['jobs', 'test'], job);
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: true });
}

/** With an empty line above. */
function spaced(key: string): Scalar {
  return Object.assign(new Scalar(key), { spaceBefore: true });
}

const SLIPWAY = './.github/actions/slipway';
const HEAD = `# Pull requests: what deploy.yml tests, before the merge. Needs no AWS account.
name: ci

on:
  pull_request:
  merge_group:

permissions: {}
`;
