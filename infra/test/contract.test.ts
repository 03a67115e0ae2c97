import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  contract,
  contractDocument,
  contractHash,
  type Contract,
  type EnvironmentOutputs,
  type OutputPromise,
  type OutputType,
  type ServiceOutputs,
} from '../contract';
import { resources, synthesise } from './synth';

const stack = synthesise();
/** A token becomes an id, an ARN or a host name; the longest of them, a listener rule's ARN, has some 150 characters. */
const resolved = (text: string) => text.replace(/\$\{[^}]*\}/g, 'x'.repeat(160));

test('app/ecs/contract.json is what npm run generate writes', () => {
  const committed = readFileSync(join(__dirname, '../../app/ecs/contract.json'), 'utf8').replaceAll(
    '\r\n',
    '\n',
  );
  expect(committed).toBe(contractDocument());
});

test('the hash changes with names and types, and not with descriptions or order', () => {
  const list = (scope: Contract['environment']): string => contractHash({ environment: scope, service: {} });
  const one: OutputPromise = { type: 'string', description: 'one' };
  const two: OutputPromise = { type: 'number', description: 'two' };
  expect(list({ one, two })).toMatch(/^[0-9a-f]{16}$/);
  expect(list({ two, one: { ...one, description: 'other words' } })).toBe(list({ one, two }));
  expect(list({ one, too: two })).not.toBe(list({ one, two }));
  expect(list({ one, two: { ...two, type: 'bool' } })).not.toBe(list({ one, two }));
  expect(list({ one, two: { ...two, optional: true } })).not.toBe(list({ one, two }));
});

test('TypeScript refuses an output that is missing, one too many, and one of the wrong type', () => {
  const outputs = {} as EnvironmentOutputs;
  const others: Omit<EnvironmentOutputs, 'vpc_id'> = outputs;
  // @ts-expect-error vpc_id is missing
  const missing: EnvironmentOutputs = others;
  // @ts-expect-error nobody promised it
  const extra: EnvironmentOutputs = { ...outputs, vpc_name: 'x' };
  // @ts-expect-error a number is wanted
  const wrong: ServiceOutputs['container_port'] = '3000';
  expect([missing, extra, wrong]).toHaveLength(3);
});

describe.each(['staging', 'production'])('%s', (environment) => {
  const document = stack(environment);
  const outputs = document.output ?? {};

  test('exports what the contract lists, flat for the environment and an object for its services', () => {
    const promised = Object.entries<OutputPromise>(contract.environment).filter(
      ([, { optional }]) => !optional,
    );
    expect(Object.keys(outputs).sort()).toEqual([...promised.map(([name]) => name), 'services'].sort());
    const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    expectTypes(contract.environment, values);
    const services = values.services as Record<string, Record<string, unknown>>;
    expect(Object.keys(services)).toEqual(['web']);
    expectTypes(contract.service, services.web ?? {});
  });

  test('publishes the same values to SSM, each under the 4,096 characters of the standard tier', () => {
    const parameters = Object.values(resources(document, 'aws_ssm_parameter'));
    expect(parameters.map(({ name }) => name)).toEqual([
      `/slipway/${environment}/outputs`,
      `/slipway/${environment}/services/web/outputs`,
    ]);
    const [ofEnvironment, ofService] = parameters.map(({ value }) => String(value));
    for (const text of [ofEnvironment, ofService]) {
      expect(resolved(text ?? '').length).toBeLessThan(4096);
      expect(JSON.parse(text ?? '')).toMatchObject({ version: 1, hash: contractHash() });
    }
    const published = (text: string | undefined) =>
      (JSON.parse(text ?? '') as { outputs: Record<string, unknown> }).outputs;
    const { services, ...flat } = Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
    );
    expect(published(ofEnvironment)).toEqual(flat);
    expect({ web: published(ofService) }).toEqual(services);
  });
});

function expectTypes(scope: Readonly<Record<string, OutputPromise>>, values: Record<string, unknown>): void {
  for (const [name, { type, optional }] of Object.entries(scope))
    if (!optional || values[name] !== undefined) expect([name, typeOf(values[name])]).toEqual([name, type]);
}

function typeOf(value: unknown): OutputType | undefined {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? 'list(string)' : undefined;
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' || typeof value === 'number'
    ? (typeof value as 'string' | 'number')
    : undefined;
}
