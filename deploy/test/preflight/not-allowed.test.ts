/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- a test may write anything into a definition */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks, preflightActions, preflightActionsDocument } from '../../src/preflight/table';
import { openShop, type Loose } from './shop';

/** Signing name, operation and the permission that is named. */
const reads: readonly (readonly [service: string, operation: string, permission: string])[] = [
  ['sts', 'GetCallerIdentity', 'sts:GetCallerIdentity'],
  ['ecs', 'DescribeClusters', 'ecs:DescribeClusters'],
  ['ecs', 'ListServices', 'ecs:ListServices'],
  ['iam', 'GetRole', 'iam:GetRole'],
  ['ecr', 'BatchGetImage', 'ecr:BatchGetImage'],
  ['ecr', 'GetDownloadUrlForLayer', 'ecr:GetDownloadUrlForLayer'],
  ['ecr', 'GetLifecyclePolicy', 'ecr:GetLifecyclePolicy'],
  ['secretsmanager', 'DescribeSecret', 'secretsmanager:DescribeSecret'],
  ['ssm', 'DescribeParameters', 'ssm:DescribeParameters'],
  ['logs', 'DescribeLogGroups', 'logs:DescribeLogGroups'],
  ['elasticloadbalancing', 'DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetGroups'],
  ['elasticloadbalancing', 'DescribeLoadBalancers', 'elasticloadbalancing:DescribeLoadBalancers'],
  ['ec2', 'DescribeSubnets', 'ec2:DescribeSubnets'],
  ['ec2', 'DescribeSecurityGroups', 'ec2:DescribeSecurityGroups'],
  ['ec2', 'DescribeRouteTables', 'ec2:DescribeRouteTables'],
  ['elasticfilesystem', 'DescribeFileSystems', 'elasticfilesystem:DescribeFileSystems'],
  ['elasticfilesystem', 'DescribeAccessPoints', 'elasticfilesystem:DescribeAccessPoints'],
  ['elasticfilesystem', 'DescribeMountTargets', 'elasticfilesystem:DescribeMountTargets'],
  ['monitoring', 'DescribeAlarms', 'cloudwatch:DescribeAlarms'],
  ['s3', 'GET', 's3:ListBucket'],
];

it.each(reads)('%s %s is one warning that names the permission', async (service, operation, permission) => {
  const opened = await openShop();
  await opened.rehearsal.faults.set('access-denied', { service, operations: [operation] });
  const { findings, exitCode } = await opened.verify();
  expect(findings).toEqual([expect.objectContaining({ level: 'warning', permission })]);
  expect(exitCode).toBe(0);
});

it('judges the policies by itself where IAM may not be asked', async () => {
  const opened = await openShop();
  await opened.rehearsal.faults.set('access-denied', {
    service: 'iam',
    operations: ['SimulatePrincipalPolicy'],
  });
  opened.change(({ container }) => {
    const [secret] = container.secrets as Loose[];
    secret.valueFrom = secret.valueFrom.replace('shop/db', 'private/db');
  });
  const { findings } = await opened.verify();
  expect(findings.filter(({ level }) => level === 'error')).toEqual([
    expect.objectContaining({
      check: 'execution-permissions',
      message: expect.stringContaining('GetSecretValue is not allowed') as string,
    }),
  ]);
  // The caller is a user, whose policies are in groups and elsewhere: nobody judges those.
  expect(findings.filter(({ level }) => level === 'warning')).toEqual([
    expect.objectContaining({ check: 'pass-role', permission: 'iam:SimulatePrincipalPolicy' }),
  ]);
});

it('says what else was wrong beside what it may not look at', async () => {
  const opened = await openShop();
  await opened.rehearsal.faults.set('access-denied', { service: 'iam' });
  opened.change(({ container }) => (container.image = container.image.replace('ok-1', 'gone')));
  const { findings, exitCode } = await opened.verify();
  expect(findings).toEqual([
    expect.objectContaining({ check: 'images', level: 'error' }),
    expect.objectContaining({
      permission: 'iam:GetRole',
      message:
        'iam:GetRole is not allowed, so these are not known: execution-role, task-role, pass-role, execution-permissions, exec',
    }),
    expect.objectContaining({ permission: 'iam:SimulatePrincipalPolicy' }),
  ]);
  expect(exitCode).toBe(10);
});

it('warns of a service that does not answer, and only once', async () => {
  const opened = await openShop();
  await opened.rehearsal.faults.set('server-error', { service: 'elasticfilesystem' });
  const { findings, exitCode } = await opened.verify();
  expect(findings).toEqual([
    expect.objectContaining({
      check: 'file-systems',
      level: 'warning',
      message: expect.stringContaining('gave no answer to elasticfilesystem:DescribeFileSystems') as string,
    }),
  ]);
  expect(exitCode).toBe(0);
});

it('ends at once where the credentials have expired', async () => {
  const opened = await openShop();
  await opened.rehearsal.faults.set('expired-credentials', { service: 'ec2' });
  expect(await opened.verify()).toMatchObject({ exitCode: 30, result: { code: 'CREDENTIALS_EXPIRED' } });
});

it('asks only for what the generated list of permissions has', () => {
  const known = preflightActions();
  expect(reads.map(([, , permission]) => permission).filter((one) => !known.includes(one))).toEqual([]);
});

it('is told by the page and the generated file as the table has it', () => {
  const read = (file: string) =>
    readFileSync(join(__dirname, '../..', file), 'utf8').replaceAll('\r\n', '\n');
  expect(read('schema/preflight-actions.json')).toBe(preflightActionsDocument());
  const page = read('docs/preflight.md');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (.*?) *\|$/gm)].map(([, name, summary]) => [
    name,
    summary,
  ]);
  expect(rows).toEqual(checks.map(({ name, summary }) => [name, summary]));
  expect(page).toContain(`\`\`\`\n${preflightActions().join('\n')}\n\`\`\``);
});
