import type { Check, Problem } from '../check';
import { secretsOf, type SecretReference } from '../secrets';
import { each, type World } from '../world';

export const secrets: Check = {
  name: 'secrets',
  summary: 'secrets and parameters exist; their values are not read',
  actions: ['secretsmanager:DescribeSecret', 'ssm:DescribeParameters'],
  run: async (subject, world) => {
    const references = secretsOf(subject);
    const ofSecrets = each(references, (reference) => checkSecret(reference, world));
    const parameters = references.filter(({ source }) => source.kind === 'parameter');
    const regions = new Set(parameters.map(({ source }) => source.region ?? world.region));
    const ofParameters = each(regions, (region) =>
      checkParameters(
        parameters.filter(({ source }) => (source.region ?? world.region) === region),
        region,
        world,
      ),
    );
    return (await Promise.all([ofSecrets, ofParameters])).flat();
  },
};

async function checkSecret(reference: SecretReference, world: World): Promise<Problem[]> {
  const { source, container, position } = reference;
  if (source.kind !== 'secret') return [];
  const { readSecret } = await import('../reads/secrets.ts');
  const found = await readSecret(world, source.arn, source.region || world.region);
  const error = (message: string, hint: string): Problem[] => [
    { level: 'error', message: `container ${container}: ${message}`, hint, position },
  ];
  if (found === undefined)
    return error(`secret ${source.arn} does not exist`, 'create it, or correct the ARN');
  if (found.DeletedDate !== undefined) {
    const hint = 'restore it ("aws secretsmanager restore-secret"), or take it out of the definition';
    return error(`secret ${source.arn} is to be deleted`, hint);
  }
  const stages = Object.values(found.VersionIdsToStages ?? {}).flat();
  const stage = source.stage ?? 'AWSCURRENT';
  if (found.VersionIdsToStages !== undefined && !stages.includes(stage)) {
    const hint =
      source.stage === undefined ? 'put a value into it' : `it has ${stages.join(', ') || 'no value'}`;
    return error(`secret ${source.arn} has no value of stage ${stage}`, hint);
  }
  if (source.key !== undefined)
    world.note(`whether ${source.arn} has the key "${source.key}" is not known without reading its value`);
  return [];
}

async function checkParameters(
  references: readonly SecretReference[],
  region: string,
  world: World,
): Promise<Problem[]> {
  const named = references.flatMap(({ source, ...rest }) =>
    source.kind === 'parameter' ? [{ ...rest, name: source.name }] : [],
  );
  const { readParameters } = await import('../reads/parameters.ts');
  const names = named.map(({ name }) => withoutVersion(name));
  const found = await readParameters(world, names, region);
  return named.flatMap(({ name, container, position }): Problem[] => {
    const plain = withoutVersion(name);
    if (found.has(plain)) return [];
    const other = plain.startsWith('/') ? plain.slice(1) : `/${plain}`;
    return [
      {
        level: 'error',
        message: `container ${container}: parameter ${plain} does not exist in ${region}`,
        hint: found.has(other) ? `there is ${other}` : 'create it, or correct its name',
        position,
      },
    ];
  });
}

/** `/name:3` asks for one version. */
function withoutVersion(name: string): string {
  return name.replace(/:[^:/]*$/, '');
}
