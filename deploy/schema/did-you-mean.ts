/** The nearest of `names` to what was written, if one is near enough to be what was meant. */
export function didYouMean(written: string, names: Iterable<string>): string | undefined {
  const wanted = fold(written);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of names) {
    const distance = name === written ? 0 : Math.max(editDistance(wanted, fold(name), bestDistance), 0.5);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` (did you mean "image"?)`, or nothing. */
export function suggestion(written: string, names: Iterable<string>): string {
  const name = didYouMean(written, names);
  return name === undefined ? '' : ` (did you mean "${name}"?)`;
}

/** Case and separators are what people get wrong most: they cost nothing. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours; anything from `limit` up counts as `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(last[right.length] ?? limit, limit);
}
