import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '../../rehearsal/api/service';
import { defaultSettings } from '../../rehearsal/control-plane/settings';
import { faultNames } from '../../rehearsal/faults';
import { sampleImages } from '../../rehearsal/images/samples';
import { settingsTable } from './settings-table';

const deploy = join(__dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(deploy, ...path), 'utf8').replaceAll('\r\n', '\n');
// Prettier widens the cells of tables.
const page = read('docs', 'rehearsal.md').replace(/ {2,}\|/g, ' |');

/** A part of the page, from its heading to the next. */
function section(heading: string): string {
  const start = page.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`the page has no section "${heading}"`);
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end < 0 ? undefined : end);
}

/** The first cells of a table's rows, without their marks. */
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);

test('every setting of the control plane is on the page, with its default, and no other', () => {
  const table = settingsTable(read('rehearsal', 'control-plane', 'settings.ts'), defaultSettings);
  expect(firstCells(table).sort()).toEqual(Object.keys(defaultSettings).sort());
  expect(section('Settings')).toContain(table);
  expect(firstCells(section('Settings'))).toEqual(firstCells(table));
});

test('every fault is on the page, and no other', () => {
  expect(firstCells(section('Faults'))).toEqual([...faultNames]);
});

test('every service is on the page', () => {
  const names: Record<string, string> = {
    elasticloadbalancing: 'ELBv2',
    ec2: 'EC2',
    iam: 'IAM',
    ecr: 'ECR',
    logs: 'CloudWatch Logs',
    monitoring: 'CloudWatch',
    ssm: 'SSM',
    secretsmanager: 'Secrets Manager',
    s3: 'S3',
    elasticfilesystem: 'EFS',
    'application-autoscaling': 'Application Auto Scaling',
    servicediscovery: 'Cloud Map',
    sts: 'STS',
  };
  const offered = services.map(({ signingName }) => signingName).filter((name) => name !== 'ecs');
  expect(Object.keys(names).sort()).toEqual(offered.sort());
  for (const name of Object.values(names)) expect(section('Services around ECS')).toContain(name);
});

test('every sample image is on the page', () => {
  for (const { repository, tag } of sampleImages) {
    expect(section('Images')).toContain(`${repository}:${tag}`);
  }
});
