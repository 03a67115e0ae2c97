import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addresses, synthesise } from './synth';

const golden = JSON.parse(readFileSync(join(__dirname, 'addresses.json'), 'utf8')) as Record<
  string,
  string[]
>;
const stack = synthesise();

describe.each(['state', 'foundation', 'staging', 'production'])('%s', (name) => {
  test('has the addresses that are in state; one that goes away is destroyed, unless a moved block names it', () => {
    expect(addresses(stack(name))).toEqual(golden[name]);
  });

  test('keeps its state outside of cdktf.out, in the folder of the repository', () => {
    expect(stack(name).terraform.backend).toEqual({ local: { path: `../../../terraform.${name}.tfstate` } });
  });

  test('refuses another account, and tags all it makes', () => {
    expect(stack(name).provider.aws).toEqual([
      {
        region: 'ap-northeast-1',
        allowed_account_ids: ['123456789012'],
        default_tags: [{ tags: { Project: 'slipway', Stack: name, ManagedBy: 'slipway' } }],
      },
    ]);
  });

  test('uses neither functions nor other stacks', () => {
    const text = JSON.stringify(stack(name));
    const expressions = [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, expression]) => expression);
    expect(expressions.filter((expression) => !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(expression ?? ''))).toEqual(
      [],
    );
    expect(text).not.toContain('terraform_remote_state');
    expect(text).not.toContain('for_each');
  });
});
