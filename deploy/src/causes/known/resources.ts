import type { Known } from '../cause';
import { byReason, textOf, withoutService } from '../words';

const logs = /logConfiguration/;
const logging = /validate logger args|initialize logging driver|create Cloudwatch log stream/i;

/** Of what a task needs beside image and secrets: log group, environment files, roles, volumes. */
export const resources: readonly Known[] = [
  {
    name: 'log-group-missing',
    touches: logs,
    find: byReason(logging, (group, text, { facts }) => {
      if (!/log group does not exist|ResourceNotFoundException/i.test(text)) return undefined;
      const groups = (facts?.containers ?? []).flatMap(({ logGroup }) => logGroup ?? []);
      const named = groups.length === 0 ? 'the log group' : `log group ${[...new Set(groups)].join(' or ')}`;
      return {
        sentence: `${named} does not exist, so no container was started`,
        fix: 'correct "awslogs-group" in "logConfiguration", or create the group (infrastructure; or "awslogs-create-group": "true")',
        certainty: 'certain',
      };
    }),
  },
  {
    name: 'log-denied',
    touches: /logConfiguration|executionRoleArn/,
    find: byReason(logging, (_, text) =>
      /AccessDenied|not authorized/i.test(text)
        ? {
            sentence: 'the execution role may not write to the log group, so no container was started',
            fix: 'allow the task execution role logs:CreateLogStream and logs:PutLogEvents on the group (and logs:CreateLogGroup with "awslogs-create-group")',
            certainty: 'certain',
          }
        : undefined,
    ),
  },
  {
    name: 'environment-file-missing',
    touches: /environmentFiles/,
    find: byReason(/failed to download env files/i, (_, text) => {
      const [, key, bucket] = /file '([^']+)' from s3 bucket '([^']+)'/i.exec(text) ?? [];
      const file = key === undefined ? 'an environment file' : `the environment file s3://${bucket}/${key}`;
      return {
        sentence: `${file} cannot be read, so no container was started`,
        fix: 'put the object there, or correct "environmentFiles"; the task execution role needs s3:GetObject on it',
        certainty: 'certain',
      };
    }),
  },
  {
    name: 'role-not-assumable',
    touches: /RoleArn$/,
    find: ({ stopped, events, reason }) => {
      const said = [...stopped.map(textOf), ...events, reason].find((text) =>
        /unable to assume (the )?role/i.test(text),
      );
      if (said === undefined) return undefined;
      const role = /role '?(arn:[^\s',]+)/i.exec(said)?.[1];
      return {
        sentence: `ECS cannot assume the role ${role ?? 'of the task'}: it does not exist, or does not trust ecs-tasks.amazonaws.com`,
        fix: 'check the role\'s trust policy (Principal: ecs-tasks.amazonaws.com, Action: sts:AssumeRole), and "executionRoleArn" and "taskRoleArn" in the task definition',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'volume-not-mounted',
    touches: /volumes|mountPoints/,
    find: byReason(
      /failed to invoke EFS utils|mount\.nfs4|EFS.*(mount|timed out)|EBS volume/i,
      (_, text) => ({
        sentence: `a volume cannot be mounted: ${text.replace(/^.*?ResourceInitializationError:\s*/is, '').slice(0, 200)}`,
        fix: 'check that the file system has a mount target in the zone of each subnet, that its security group lets port 2049 in from the tasks, and its policy and access point',
        certainty: 'likely',
      }),
    ),
  },
  {
    name: 'addresses-exhausted',
    touches: /networkConfiguration/,
    find: ({ stopped, events }) => {
      const said = [...stopped.map(textOf), ...events.map(withoutService)].find((text) =>
        /InsufficientFreeAddressesInSubnet|not enough free addresses|NetworkInterfaceLimitExceeded|RESOURCE:ENI/i.test(
          text,
        ),
      );
      if (said === undefined) return undefined;
      const subnet = /subnet '?(subnet-[\w-]+)/i.exec(said)?.[1];
      return {
        sentence: /InterfaceLimit|RESOURCE:ENI/i.test(said)
          ? 'no network interface is left for another task'
          : `${subnet === undefined ? 'a subnet' : `subnet ${subnet}`} has no free address for another task`,
        fix: /InterfaceLimit|RESOURCE:ENI/i.test(said)
          ? 'raise the quota of network interfaces, or use larger instances or ENI trunking'
          : 'run the service in more or larger subnets, or free addresses (a rolling deployment needs as many again as tasks run)',
        certainty: 'certain',
      };
    },
  },
];
