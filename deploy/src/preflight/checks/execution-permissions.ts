import { parseEcrImage } from '../../release/images';
import type { Position } from '../../definition/definitions';
import { suggestsAccess } from '../policy/resource';
import type { Check, Problem } from '../check';
import { deniedOf, may, mayActions } from '../may';
import { findRole } from '../roles';
import { secretsOf } from '../secrets';
import type { Subject } from '../subject';
import { object, objects, text } from '../values';
import { each, Unseen, type World } from '../world';

/** Something that ECS does with the execution role before a container runs. */
interface Need {
  actions: readonly string[];
  resource: string;
  /** `read secret ...` */
  what: string;
  position: Position;
  /** Set where the thing may have a policy of its own that allows it. */
  secret?: { arn: string; region: string };
}

export const executionPermissions: Check = {
  name: 'execution-permissions',
  summary: 'the execution role may pull the images, read the secrets and env files, and write the logs',
  actions: [
    'iam:GetRole',
    ...mayActions,
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetResourcePolicy',
  ],
  run: (subject, world) => {
    const arn = text(subject.task['executionRoleArn']);
    if (arn === undefined) return withoutRole(subject);
    return each([arn], async () => {
      const role = await findRole(world, arn);
      if (role === undefined) return [];
      return each(needsOf(subject, role.arn, world.region), (need) => checkNeed(need, role.arn, world));
    });
  },
};

async function checkNeed(need: Need, role: string, world: World): Promise<Problem[]> {
  const resource = need.secret === undefined ? need.resource : await fullArn(need.secret, world);
  const denied = deniedOf(await may(world, role, need.actions, resource));
  if (denied.length === 0) return [];
  const message = `the execution role may not ${need.what}: ${denied.join(', ')} is not allowed on ${resource}`;
  const hint = `allow it to ${role} where infrastructure makes the role; AmazonECSTaskExecutionRolePolicy allows no secrets`;
  if (need.secret !== undefined && (await allowedByItself(need.secret, world)))
    return [
      {
        level: 'warning',
        message,
        hint: 'the policy of the secret itself may allow it',
        position: need.position,
      },
    ];
  return [{ level: 'error', message, hint, position: need.position }];
}

function needsOf(subject: Subject, role: string, region: string): Need[] {
  const [, partition = 'aws', , , account = ''] = role.split(':');
  const arn = (service: string, rest: string, where = region) =>
    `arn:${partition}:${service}:${where}:${account}:${rest}`;
  const needs = subject.containers.flatMap(({ value, at }): Need[] => {
    const image = parseEcrImage(text(value['image']) ?? '');
    const log = object(value['logConfiguration']);
    const options = object(log?.['options']);
    const group = text(options?.['awslogs-group']);
    const own: Need[] = [];
    if (image !== undefined) {
      const position = at('image');
      own.push({ actions: ['ecr:GetAuthorizationToken'], resource: '*', what: 'log in to ECR', position });
      own.push({
        actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resource: `arn:${partition}:ecr:${image.region}:${image.accountId}:repository/${image.repository}`,
        what: 'pull the image',
        position,
      });
    }
    if (text(log?.['logDriver']) === 'awslogs' && group !== undefined && subject.launch === 'FARGATE') {
      const create = text(options?.['awslogs-create-group']) === 'true';
      const where = text(options?.['awslogs-region']) ?? region;
      own.push({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', ...(create ? ['logs:CreateLogGroup'] : [])],
        resource: arn('logs', `log-group:${group}:log-stream:any`, where),
        what: create ? `create log group ${group} and write to it` : `write to log group ${group}`,
        position: at('logConfiguration', 'options', 'awslogs-group'),
      });
    }
    for (const { value: file, index } of objects(value['environmentFiles'])) {
      const resource = text(file['value']);
      if (resource === undefined || !resource.includes(':s3:::')) continue;
      const position = at('environmentFiles', index, 'value');
      own.push({ actions: ['s3:GetObject'], resource, what: 'read the env file', position });
    }
    return own;
  });
  const secrets = secretsOf(subject).map(({ source, position }): Need => {
    if (source.kind === 'secret') {
      return {
        actions: ['secretsmanager:GetSecretValue'],
        resource: source.arn,
        what: 'read a secret',
        position,
        secret: { arn: source.arn, region: source.region || region },
      };
    }
    const name = source.name.replace(/:[^:/]*$/, '').replace(/^\//, '');
    return {
      actions: ['ssm:GetParameters'],
      resource: source.arn ?? arn('ssm', `parameter/${name}`),
      what: 'read a parameter',
      position,
    };
  });
  const all = [...needs, ...secrets];
  const key = ({ actions, resource }: Need) => `${actions.join()} ${resource}`;
  return all.filter((need, index) => all.findIndex((other) => key(other) === key(need)) === index);
}

/** On Fargate ECS does not even register that, and another check says so; on EC2 the instance's role is taken. */
function withoutRole(subject: Subject): Problem[] {
  if (subject.launch === 'FARGATE') return [];
  return secretsOf(subject)
    .slice(0, 1)
    .map(({ container, position }) => ({
      level: 'error',
      message: `container ${container} has secrets, and the task has no execution role that could read them`,
      hint: 'set "executionRoleArn"',
      position,
    }));
}

/** Policies are written for the ARN with its six random characters, definitions often without. */
async function fullArn({ arn, region }: { arn: string; region: string }, world: World): Promise<string> {
  const { readSecret } = await import('../reads/secrets.ts');
  try {
    return (await readSecret(world, arn, region))?.ARN ?? arn;
  } catch (error) {
    if (error instanceof Unseen) return arn;
    throw error;
  }
}

async function allowedByItself(secret: { arn: string; region: string }, world: World): Promise<boolean> {
  const { readSecretPolicy } = await import('../reads/secrets.ts');
  try {
    return suggestsAccess(await readSecretPolicy(world, secret.arn, secret.region));
  } catch (error) {
    if (error instanceof Unseen) return false;
    throw error;
  }
}
