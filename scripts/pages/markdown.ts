/** A table as prettier writes it: cells padded to the widest of their column. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Plain text of a description: templates, file names and variables become code. */
export function prose(description: string): string {
  return description
    .replaceAll(/\{\{ .*? \}\}/g, (one) => (one.includes('`') ? `\`\`${one}\`\`` : `\`${one}\``))
    .replaceAll(/\b(slipway\.yml|ecspresso\.yml|contract\.json|AWS_REGION)\b/g, '`$1`');
}
