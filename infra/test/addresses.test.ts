import { movedBlocks, moves } from '../moved';
import { addressesOf, committedAddresses, lostBy, stacksNow } from './golden';

const golden = committedAddresses();
const documents = stacksNow();
const now = addressesOf(documents);
const stacks = Object.entries(golden).flatMap(([origin, byStack]) =>
  Object.keys(byStack).map((stack) => [origin, stack] as const),
);

test('all stacks are on the list', () => {
  expect(names(golden)).toEqual(names(now));
});

test('every move leads to something that is made', () => {
  const all = new Set(Object.values(now).flatMap((byStack) => Object.values(byStack).flat()));
  expect(moves.filter((move) => !movedBlocks(all).includes(move))).toEqual([]);
});

describe.each(stacks)('%s: %s', (origin, name) => {
  const before = golden[origin]?.[name] ?? [];
  const present = now[origin]?.[name] ?? [];

  test('keeps what is in state; what has another address has a line in moved.ts', () => {
    // Whoever renamed these: add a line to `moves`, or one with the reason to `removals`. Where the settings of the test
    // ask for less than before, take the lines out of addresses.json.
    const document = documents[origin]?.[name];
    expect(document && lostBy(document, before)).toEqual([]);
  });

  test('has its new addresses on the list ("npm run generate" adds them)', () => {
    expect(present.filter((address) => !before.includes(address))).toEqual([]);
  });
});

describe.each(Object.entries(documents.main ?? {}))('%s', (name, document) => {
  test('keeps its state outside of cdktf.out, in the folder of the repository', () => {
    expect(document.terraform.backend).toEqual({ local: { path: `../../../terraform.${name}.tfstate` } });
  });

  test('refuses another account, and tags all it makes', () => {
    expect(document.provider.aws).toEqual([
      {
        region: 'ap-northeast-1',
        allowed_account_ids: ['123456789012'],
        default_tags: [{ tags: { Project: 'slipway', Stack: name, ManagedBy: 'slipway' } }],
      },
    ]);
  });
});

test('stacks use no functions, apart from the one that reads a set, and no other stacks', () => {
  for (const document of Object.values(documents).flatMap((byStack) => Object.values(byStack))) {
    const text = JSON.stringify(document);
    const expressions = [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, expression = '']) => expression);
    const plain =
      /^(tolist\(aws_acm_certificate\.\w+\.domain_validation_options\)|[a-z0-9_]+)(\.[a-z0-9_]+)+$/;
    expect(expressions.filter((expression) => !plain.test(expression))).toEqual([]);
    expect(text).not.toContain('terraform_remote_state');
    expect(text).not.toContain('for_each');
  }
});

function names(addresses: Readonly<Record<string, object>>): string[] {
  return Object.entries(addresses).flatMap(([origin, byStack]) =>
    Object.keys(byStack).map((one) => `${origin}: ${one}`),
  );
}
