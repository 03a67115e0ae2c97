import { documentedUnder, variantsIn } from './documented';

const sorted = (variants: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(variants).map(([name, fields]) => [name, [...fields].sort()]));

it('the page lists every event with its fields, and no other', () => {
  const events = variantsIn('events.ts', 'type', (name) => name === 'Happening');
  expect(Object.keys(events).length).toBeGreaterThan(10);
  // What a program cannot use is left out of a result.
  expect(sorted(documentedUnder('Events'))).toEqual(sorted({ ...events, result: ['kind'] }));
});

it('the page lists every kind of result with its fields, and no other', () => {
  const results = variantsIn('release/result.ts', 'kind', (name) => name.endsWith('Result'));
  expect(sorted(documentedUnder('Results'))).toEqual(sorted(results));
});

it('the page lists every outcome with its fields, and no other', () => {
  const outcomes = variantsIn('release/outcome.ts', 'kind', (name) => name === 'Outcome');
  expect(sorted(documentedUnder('Outcomes'))).toEqual(sorted(outcomes));
});
