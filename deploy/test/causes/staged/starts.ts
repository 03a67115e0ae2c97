import { endpoints, everywhere, routes, secret, type Staged } from '../rehearsed';

const SECRET = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf';

/** What keeps a task from starting its containers. */
export const starts: readonly Staged[] = [
  {
    known: 'image-not-found',
    sabotage: ({ rehearsal }) => rehearsal.faults.set('image-missing'),
    cause: /^the image \S+slipway\/web@sha256:[0-9a-f]{12} cannot be pulled: it does not exist$/,
    fix: /push the image/,
  },
  {
    known: 'pull-rate-limit',
    before: ({ rehearsal: { images } }) => {
      const packaged = images.packaged(images.describe('sample/ok:2').digest);
      if (packaged !== undefined) images.push(packaged, 'example/web', ['1']);
    },
    container: { image: 'example/web:1' },
    sabotage: ({ rehearsal }) => rehearsal.faults.set('pull-rate-limit'),
    cause: /^Docker Hub's limit of pulls is reached for example\/web \(toomanyrequests\)$/,
    fix: /public\.ecr\.aws.*repositoryCredentials/,
  },
  {
    known: 'wrong-architecture',
    taskDefinition: { runtimePlatform: { cpuArchitecture: 'ARM64' } },
    cause: /another architecture than the task runs on, linux\/arm64 \(exec format error\)$/,
    fix: /--platform linux\/arm64/,
    evidence: { exitCode: 1, logLines: ['exec /usr/local/bin/node: exec format error'] },
  },
  {
    known: 'no-route',
    title: 'no route at all, no endpoints',
    sabotage: ({ rehearsal }) => routes(rehearsal, []),
    cause:
      /^the task cannot reach ECR \(api\) from its subnet: subnet subnet-1 has no route to the internet and no endpoint for ecr\.api$/,
    fix: /NAT gateway, or the VPC endpoints that vpc-1 lacks: ecr\.api, ecr\.dkr, s3, logs$/,
  },
  {
    known: 'no-route',
    title: 'S3 forgotten among the endpoints',
    sabotage: ({ rehearsal }) => {
      routes(rehearsal, []);
      endpoints(rehearsal, ['ecr.api', 'ecr.dkr', 'logs']);
    },
    cause: /cannot reach S3 \(where ECR keeps layers\) from its subnet: .*no endpoint for s3$/,
    fix: /lacks: s3$/,
  },
  {
    known: 'no-route',
    title: 'Logs forgotten among the endpoints',
    sabotage: ({ rehearsal }) => {
      routes(rehearsal, []);
      endpoints(rehearsal, ['ecr.api', 'ecr.dkr', 's3']);
    },
    cause: /cannot reach CloudWatch Logs from its subnet: .*no endpoint for logs$/,
    fix: /lacks: logs$/,
  },
  {
    known: 'no-route',
    title: 'Secrets Manager without an endpoint',
    before: ({ rehearsal }) => void secret(rehearsal, 'db', 'x'),
    container: { secrets: [{ name: 'DB', valueFrom: SECRET }] },
    sabotage: ({ rehearsal }) => {
      routes(rehearsal, []);
      endpoints(rehearsal, ['ecr.api', 'ecr.dkr', 's3', 'logs']);
    },
    cause: /cannot reach Secrets Manager from its subnet: .*no endpoint for secretsmanager$/,
    fix: /lacks: secretsmanager$/,
  },
  {
    known: 'no-route',
    title: 'a black hole',
    sabotage: ({ rehearsal }) =>
      routes(rehearsal, everywhere({ natGatewayId: 'nat-0123456789abcdef0' }, 'blackhole')),
    cause: /the default route of subnet subnet-1 is a black hole: nat-0123456789abcdef0 is gone$/,
    fix: /a NAT gateway that exists/,
  },
  {
    known: 'no-route',
    title: 'a public subnet without a public address',
    sabotage: ({ rehearsal }) => routes(rehearsal, everywhere({ gatewayId: 'igw-1' })),
    cause: /subnet subnet-1 leads to the internet \(igw-1\), but its tasks have no public address/,
    fix: /"assignPublicIp": "ENABLED"/,
  },
  {
    known: 'secret-denied',
    before: ({ rehearsal }) => void secret(rehearsal, 'db', 'x'),
    container: { secrets: [{ name: 'DB', valueFrom: SECRET }] },
    sabotage: ({ rehearsal }) => rehearsal.faults.set('secret-refused'),
    cause: /^the execution role may not read arn:aws:secretsmanager:\S+:secret:db-AbCdEf that the task needs/,
    fix: /allow the task execution role/,
  },
  {
    known: 'secret-missing',
    container: { secrets: [{ name: 'DB', valueFrom: SECRET }] },
    cause: /^there is no arn:aws:secretsmanager:\S+:secret:db-AbCdEf that the task needs/,
    fix: /create it/,
  },
  {
    known: 'secret-key-missing',
    before: ({ rehearsal }) => void secret(rehearsal, 'db', '{"user":"app"}'),
    container: { secrets: [{ name: 'DB', valueFrom: `${SECRET}:password::` }] },
    cause: /has no key "password" in its JSON/,
    fix: /add "password" to the secret/,
  },
  {
    known: 'secret-key-missing',
    title: 'no JSON at all',
    before: ({ rehearsal }) => void secret(rehearsal, 'db', 'plain'),
    container: { secrets: [{ name: 'DB', valueFrom: `${SECRET}:password::` }] },
    cause: /reads by a key is no JSON/,
    fix: /JSON object/,
  },
  {
    known: 'log-group-missing',
    sabotage: ({ rehearsal }) => void rehearsal.store.logGroups.delete('/ecs/slipway/staging/web'),
    cause: /^log group \/ecs\/slipway\/staging\/web does not exist, so no container was started$/,
    fix: /awslogs-group/,
  },
  {
    known: 'environment-file-missing',
    container: { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::settings/web.env' }] },
    cause: /^the environment file s3:\/\/settings\/web\.env cannot be read/,
    fix: /s3:GetObject/,
  },
  {
    known: 'role-not-assumable',
    sabotage: ({ rehearsal: { store } }) => {
      const [role] = store.roles.values();
      if (role !== undefined)
        role.assumeRolePolicy = '{"Statement":[{"Principal":{"Service":"ec2.amazonaws.com"}}]}';
    },
    cause:
      /^ECS cannot assume the role arn:aws:iam::\d+:role\/slipway-staging-web-execution: .*ecs-tasks\.amazonaws\.com$/,
    fix: /trust policy/,
  },
  {
    known: 'addresses-exhausted',
    sabotage: ({ rehearsal: { store } }) => {
      const subnet = store.subnets.get('subnet-1');
      if (subnet !== undefined) subnet.availableIpAddressCount = 0;
    },
    cause: /^subnet subnet-1 has no free address for another task$/,
    fix: /larger subnets/,
  },
];
