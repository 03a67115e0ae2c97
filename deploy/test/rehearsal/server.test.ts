import { gzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DescribeClustersCommand, ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { startRehearsal } from '../../rehearsal/rehearsal';
import { clientOf, rehearsalOf } from './support';

const rehearsal = rehearsalOf();

interface Raw {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=key/20250101/ap-northeast-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const ecsTarget = (operation: string) => ({
  'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
  'content-type': 'application/x-amz-json-1.1',
});

function send(
  raw: Raw,
): Promise<{ status: number; headers: Record<string, unknown>; body: Buffer; text: string }> {
  const url = new URL(raw.path ?? '/', rehearsal.get().endpoint);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: raw.method ?? 'POST', headers: raw.headers ?? {} },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const body = Buffer.concat(parts);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            text: body.toString(),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(raw.body);
  });
}

test('an SDK client gets answers with a request id', async () => {
  const ecs = new ECSClient(clientOf(rehearsal.get()));
  const { clusters, $metadata } = await ecs.send(new DescribeClustersCommand({ clusters: ['small'] }));
  expect(clusters).toMatchObject([{ clusterName: 'small', status: 'ACTIVE' }]);
  expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('an ECS error has exactly the body of AWS', async () => {
  const answer = await send({
    headers: { ...signedFor('ecs'), ...ecsTarget('ListServices') },
    body: '{"cluster":"gone"}',
  });
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/x-amz-json-1.1');
  expect(answer.text).toBe('{"__type":"ClusterNotFoundException","message":"Cluster not found."}');
});

test('a target alone is enough to find the service', async () => {
  const answer = await send({ headers: ecsTarget('ListClusters'), body: '{}' });
  expect(JSON.parse(answer.text)).toMatchObject({ clusterArns: [expect.stringContaining('cluster/small')] });
});

test.each([
  ['ecs', { ...ecsTarget('Frobnicate') }, '{}', 400, /^\{"__type":"UnknownOperationException"\}$/],
  ['ssm', { 'x-amz-target': 'AmazonSSM.toString' }, '{}', 400, /UnknownOperationException/],
  ['iam', {}, 'Action=Frobnicate&Version=2010-05-08', 400, /<Code>InvalidAction<\/Code>/],
  ['iam', {}, '', 400, /<Code>InvalidAction<\/Code>/],
  ['ec2', {}, 'Action=Frobnicate', 400, /<Response><Errors><Error><Code>InvalidAction</],
  [
    'dynamodb',
    { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    '{}',
    400,
    /has no service \\"dynamodb\\"/,
  ],
  ['ecs', { ...ecsTarget('ListClusters') }, '{"a":', 400, /SerializationException/],
  ['ecs', { ...ecsTarget('ListClusters') }, '[]', 400, /SerializationException/],
])('%s refuses what it does not know (%j, %s)', async (service, headers, body, status, text) => {
  const answer = await send({
    headers: { ...signedFor(service), ...headers },
    body,
  });
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(text);
});

test('a request that is not signed and names nothing is refused', async () => {
  const answer = await send({ method: 'GET' });
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('MissingAuthenticationToken');
});

test('bodies may be compressed, and are refused where they only say so', async () => {
  const headers = { ...signedFor('ecs'), ...ecsTarget('ListServices'), 'content-encoding': 'gzip' };
  const body = gzipSync(JSON.stringify({ cluster: 'small' }));
  expect((await send({ headers, body })).text).toBe('{"serviceArns":[]}');
  expect((await send({ headers, body: '{}' })).text).toMatch(/SerializationException.*Content-Encoding/);
});

test('S3 takes signed chunks, and Expect: 100-continue', async () => {
  const path = '/small-state/chunked';
  const chunks =
    '5;chunk-signature=0\r\nhello\r\n7;chunk-signature=0\r\n, world\r\n0;chunk-signature=0\r\n\r\n';
  const headers = {
    ...signedFor('s3'),
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    expect: '100-continue',
  };
  expect((await send({ method: 'PUT', path, headers, body: chunks })).status).toBe(200);
  expect((await send({ method: 'GET', path, headers: signedFor('s3') })).text).toBe('hello, world');
  expect((await send({ method: 'PUT', path, headers, body: '5\r\nhe' })).status).toBe(400);
});

test('S3 finds the bucket in the host too', async () => {
  const headers = { ...signedFor('s3'), host: 'small-state.localhost:1' };
  await send({ method: 'PUT', path: '/by-host', headers, body: 'x' });
  expect((await send({ method: 'GET', path: '/small-state/by-host', headers: signedFor('s3') })).text).toBe(
    'x',
  );
});

test('CloudWatch speaks CBOR as botocore wants it', async () => {
  const answer = await send({
    path: '/service/GraniteServiceVersion20100801/operation/DescribeAlarms',
    headers: {
      ...signedFor('monitoring'),
      'smithy-protocol': 'rpc-v2-cbor',
      'content-type': 'application/cbor',
    },
    // {_ "AlarmNames": ["small-errors"]}
    body: Buffer.concat([
      Buffer.from([0xbf, 0x6a]),
      Buffer.from('AlarmNames'),
      Buffer.from([0x81, 0x6c]),
      Buffer.from('small-errors'),
      Buffer.from([0xff]),
    ]),
  });
  expect(answer.headers['smithy-protocol']).toBe('rpc-v2-cbor');
  expect(answer.body.includes('small-errors')).toBe(true);
  // StateUpdatedTimestamp: tag 1, then a double.
  expect(answer.body.includes(Buffer.from([0xc1, 0xfb]))).toBe(true);
});

test('listens on loopback only', async () => {
  const { port } = new URL(rehearsal.get().endpoint);
  const others = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address),
  );
  for (const host of others) {
    const refused = new Promise((resolve) => {
      const socket = connect({ host, port: Number(port) }, () => resolve('open'));
      socket.on('error', () => resolve('refused'));
      socket.on('close', () => socket.destroy());
    });
    expect(await refused).toBe('refused');
  }
});

test('answers in the process too', async () => {
  expect(await rehearsal.get().call('sts', 'GetCallerIdentity')).toMatchObject({ Account: '123456789012' });
  await expect(rehearsal.get().call('ecs', 'ListServices', { cluster: 'gone' })).rejects.toMatchObject({
    code: 'ClusterNotFoundException',
  });
});

test('without the service deployments API those operations answer with a page, and stop ends everything', async () => {
  const old = await startRehearsal({ runtime: 'simulated', serviceDeploymentsApi: false });
  const ecs = new ECSClient(clientOf(old));
  await expect(ecs.send(new ListServiceDeploymentsCommand({ service: 'web' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 500 },
  });
  expect((await ecs.send(new DescribeClustersCommand({ clusters: ['x'] }))).failures).toHaveLength(1);
  await Promise.all([old.stop(), old.stop()]);
  await expect(fetch(old.endpoint)).rejects.toThrow();
});

test('a port that is taken is said', async () => {
  const { port } = new URL(rehearsal.get().endpoint);
  await expect(startRehearsal({ runtime: 'simulated', port: Number(port) })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
