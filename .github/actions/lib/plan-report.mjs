// What a plan would do, for a reviewer: addresses, the attributes that change, and no value that might be a secret.
import { costLines } from './costs.mjs';

/** The label of a pull request without which nothing that holds data is destroyed. */
export const LABEL = 'destroys-data';

/** What is lost, or hard to get back, with the resource itself. */
const STATEFUL = new Set([
  'aws_s3_bucket',
  'aws_ecr_repository',
  'aws_efs_file_system',
  'aws_kms_key',
  'aws_secretsmanager_secret',
  'aws_secretsmanager_secret_version',
  'aws_cloudwatch_log_group',
  'aws_dynamodb_table',
  'aws_db_instance',
  'aws_rds_cluster',
  'aws_elasticache_replication_group',
  'aws_sqs_queue',
  'aws_ebs_volume',
  'aws_route53_zone',
  'aws_iam_openid_connect_provider',
  'aws_cloudtrail',
]);

const SHOWN = 200;
const LONGEST = 80;

/**
 * @param {string} stack
 * @param {any} plan as `terraform show -json` writes it
 * @returns {{ markdown: string, changes: number, destroys: string[] }} destroys: addresses that hold data
 */
export function reportOf(stack, plan) {
  const changes = (plan.resource_changes ?? []).filter(
    ({ change }) => !['no-op', 'read'].includes(change.actions.join()),
  );
  const outputs = Object.entries(plan.output_changes ?? {}).filter(
    ([, { actions }]) => actions.join() !== 'no-op',
  );
  const destroys = changes
    .filter(({ type, change }) => STATEFUL.has(type) && change.actions.includes('delete'))
    .map(({ address }) => address);
  const costs = costLines(changes);
  const parts = [`### ${stack}: ${sentence(changes, outputs)}`];
  if (destroys.length > 0) {
    const list = destroys.map((address) => `\`${address}\``).join(', ');
    parts.push(`> [!CAUTION]\n> Destroys what holds data: ${list}. It needs the label \`${LABEL}\`.`);
  }
  if (costs.length > 0) {
    parts.push(`> [!NOTE]\n> What it costs changes:\n${costs.map((line) => `> - ${line}`).join('\n')}`);
  }
  if (changes.length > 0) {
    const lines = changes.slice(0, SHOWN).flatMap(changeLines);
    if (changes.length > SHOWN) lines.push(`and ${changes.length - SHOWN} more`);
    parts.push(fence(lines));
  }
  if (outputs.length > 0)
    parts.push(`Outputs that change: ${outputs.map(([name]) => `\`${name}\``).join(', ')}`);
  return { markdown: parts.join('\n\n'), changes: changes.length + outputs.length, destroys };
}

function sentence(changes, outputs) {
  if (changes.length === 0 && outputs.length === 0) return 'no changes';
  const count = (wanted) => changes.filter(({ change }) => kindOf(change) === wanted).length;
  const words = [
    [count('create'), 'to add'],
    [count('update'), 'to change'],
    [count('replace'), 'to replace'],
    [count('delete'), 'to destroy'],
    [count('forget'), 'to forget'],
  ].filter(([number]) => number > 0);
  return words.length === 0
    ? 'only outputs change'
    : words.map(([number, word]) => `${number} ${word}`).join(', ');
}

function kindOf({ actions }) {
  return actions.length > 1 ? 'replace' : actions[0];
}

const MARKS = { create: '+', update: '~', replace: '-/+', delete: '-', forget: '.' };

function changeLines({ address, change }) {
  const kind = kindOf(change);
  const head = `${MARKS[kind] ?? kind} ${address}`;
  if (kind !== 'update' && kind !== 'replace') return [head];
  const causes = new Set((change.replace_paths ?? []).map(([name]) => name));
  const names = [
    ...new Set([...Object.keys(change.before ?? {}), ...Object.keys(change.after ?? {})]),
  ].sort();
  const lines = names
    .filter(
      (name) => change.after_unknown?.[name] === true || differs(change.before?.[name], change.after?.[name]),
    )
    .map(
      (name) => `    ${name}: ${shift(name, change)}${causes.has(name) ? '  (forces the replacement)' : ''}`,
    );
  return [head, ...lines];
}

/** From what to what, where both can be shown. */
function shift(
  name,
  { before, after, after_unknown: unknown, before_sensitive: hidden, after_sensitive: hides },
) {
  if (isMarked(hidden, name) || isMarked(hides, name)) return '(sensitive)';
  const shown = [before?.[name], unknown?.[name] === true ? undefined : after?.[name]].map((value) =>
    printable(name, value),
  );
  if (shown.includes(undefined)) return 'changes';
  return `${shown[0]} -> ${unknown?.[name] === true ? '(known after apply)' : shown[1]}`;
}

/** Terraform marks a value itself, or something within it. */
function isMarked(marks, name) {
  const mark = marks === true ? true : marks?.[name];
  return (
    mark === true || (typeof mark === 'object' && mark !== null && JSON.stringify(mark).includes('true'))
  );
}

/** Short plain values alone; nothing whose name sounds like a secret, and nothing that could hold one inside. */
function printable(name, value) {
  if (/secret|password|token|key|credential|private|user_data|certificate/i.test(name)) return undefined;
  if (value === undefined || value === null) return 'unset';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value.length > LONGEST || /[\r\n{]/.test(value)) return undefined;
  return JSON.stringify(value);
}

const differs = (one, other) => JSON.stringify(one) !== JSON.stringify(other);

/** A fence that no line can close. */
function fence(lines) {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}diff\n${text}\n${mark}`;
}
