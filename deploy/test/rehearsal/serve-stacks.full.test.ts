import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientFor, killServers, startServer } from './serve-child';

afterAll(killServers);

test("--stacks begins with this repository's infrastructure", async () => {
  const server = await startServer(['--stacks']);
  const ecs = clientFor(server.endpoint);
  const { clusters } = await ecs.send(
    new DescribeClustersCommand({ clusters: ['slipway-staging', 'slipway-production'] }),
  );
  expect(clusters?.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  const ssm = new SSMClient({
    endpoint: server.endpoint,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/slipway/staging/outputs' }));
  expect(JSON.parse(Parameter?.Value ?? '')).toMatchObject({ version: 1 });
  expect(server.stderr()).toMatch(/load balancer slipway-staging\S*, port \d+: http:\/\/127\.0\.0\.1:\d+/);
  ecs.destroy();
  ssm.destroy();
  server.process.kill('SIGTERM');
  expect(await server.ended).toBe(0);
}, 180_000);
