import { securityExceptions } from '../../infra/security-exceptions';
import { areas } from '../../infra/test/security/rules';
import { table } from './markdown';

/** infra/docs/security-exceptions.md: the rules that the stacks keep, and where they do not, with the reason. */
export function securityExceptionsPage(): string {
  const lines = [
    '# Security: rules and accepted exceptions',
    '',
    'This page is generated from [`security-exceptions.ts`](../security-exceptions.ts) and the rules in [`test/security`](../test/security) ("npm run generate"). `npm test` holds every stack, preset and option to the rules: what breaks one fails unless it is here, and so does an exception that no longer occurs.',
    '',
    'Checks are those of AWS’s Foundational Security Best Practices (`EC2.2`), Checkov (`CKV_AWS_…`) and Trivy (`AVD-AWS-…`). To silence them in such a tool, skip those of the exceptions that your settings make.',
  ];
  for (const [area, rules] of Object.entries(areas)) {
    lines.push('', `## ${area}`, '');
    const rows = rules.map(({ id, says, checks }) => {
      const some = securityExceptions.some(({ rule }) => rule === id);
      return [`${says}.${some ? ` [Exceptions](#${id})` : ''}`, checks];
    });
    lines.push(table(['rule', 'checks'], rows));
    for (const { id, says } of rules) {
      const own = securityExceptions.filter(({ rule }) => rule === id);
      if (own.length === 0) continue;
      lines.push('', `### ${id}`, '', `${says}, but:`, '');
      for (const { at, when, reason } of own)
        lines.push(`- \`${readable(at)}\`${when === undefined ? '' : ` (${when.says})`}: ${reason}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `aws_vpc.*` for `/^aws_vpc\./`. */
function readable({ source }: RegExp): string {
  const text = source.replace(/^\^/, '').replaceAll('\\w+', '*').replaceAll('\\.', '.');
  return text.endsWith('$') ? text.slice(0, -1) : `${text}*`;
}
