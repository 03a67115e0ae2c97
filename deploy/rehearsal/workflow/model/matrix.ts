import type { Value, ValueMap } from '../language/template';

/**
 * The combinations of `strategy.matrix`, in GitHub's order: the product of all lists without what `exclude` names,
 * widened by `include`, which makes a combination of its own where it fits none.
 * Source: docs.github.com, "Running variations of jobs in a workflow".
 */
export function combinations(matrix: ValueMap): ValueMap[] {
  const { include, exclude, ...axes } = matrix;
  const product = Object.entries(axes).reduce<ValueMap[]>(
    (before, [name, values]) =>
      before.flatMap((one) =>
        (Array.isArray(values) ? values : [values]).map((value) => ({ ...one, [name]: value })),
      ),
    Object.keys(axes).length === 0 ? [] : [{}],
  );
  const kept = product.filter(
    (one) => !maps(exclude).some((excluded) => agrees(one, excluded, Object.keys(excluded))),
  );
  const widened = kept.map((original) => ({ original, combination: { ...original } }));
  const alone: ValueMap[] = [];
  for (const extra of maps(include)) {
    const fitting = widened.filter(({ original }) =>
      agrees(
        original,
        extra,
        Object.keys(extra).filter((key) => key in axes),
      ),
    );
    if (fitting.length === 0) alone.push(extra);
    for (const one of fitting) Object.assign(one.combination, extra);
  }
  return [...widened.map(({ combination }) => combination), ...alone];
}

function maps(value: Value | undefined): ValueMap[] {
  return Array.isArray(value)
    ? value.filter(
        (entry): entry is ValueMap => typeof entry === 'object' && entry !== null && !Array.isArray(entry),
      )
    : [];
}

function agrees(one: ValueMap, other: ValueMap, keys: readonly string[]): boolean {
  return keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}
