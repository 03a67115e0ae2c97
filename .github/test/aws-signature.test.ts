import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { SignatureV4 } from '@smithy/signature-v4';
import { github } from './support/files';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI',
  sessionToken: 'session+token=',
};

class Sha256 {
  private readonly parts: (string | Uint8Array)[] = [];
  constructor(private readonly key?: string | ArrayBuffer | ArrayBufferView) {}
  update(part: string | Uint8Array): void {
    this.parts.push(part);
  }
  digest(): Promise<Uint8Array> {
    const hash = this.key === undefined ? createHash('sha256') : createHmac('sha256', this.key as string);
    for (const part of this.parts) hash.update(part);
    return Promise.resolve(new Uint8Array(hash.digest()));
  }
}

test.each([
  [
    'POST',
    'https://api.ecr.ap-northeast-1.amazonaws.com/',
    'ecr',
    '{"repositoryName":"a"}',
    { 'x-amz-target': 'X.Y', 'content-type': 'application/x-amz-json-1.1' },
  ],
  ['HEAD', 'https://s3.eu-west-1.amazonaws.com/our-state', 's3', '', {}],
  [
    'POST',
    'http://127.0.0.1:4566/',
    'sns',
    'Action=Publish&Message=%C3%A4',
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
])('%s %s is signed as the SDK signs it', async (method, address, service, body, headers) => {
  const url = new URL(address);
  const now = new Date('2026-11-21T10:00:00Z');
  const region = 'ap-northeast-1';
  // The signer is an ES module: it runs in a Node of its own.
  const script = `
    import { signedHeaders } from ${JSON.stringify(join(github, 'actions/lib/aws.mjs'))};
    const { url, now, ...given } = JSON.parse(process.argv[1]);
    console.log(JSON.stringify(signedHeaders({ ...given, url: new URL(url), now: new Date(now) })));`;
  const own = JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        script,
        JSON.stringify({ method, url, service, region, body, headers, now }),
      ],
      {
        encoding: 'utf8',
        env: {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_SESSION_TOKEN: credentials.sessionToken,
        },
      },
    ),
  ) as Record<string, string>;
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const { protocol, hostname, port, host, pathname: path } = url;
  const signed = await signer.sign(
    {
      method,
      protocol,
      hostname,
      port: Number(port),
      path,
      query: {},
      body,
      headers: { ...headers, host, 'x-amz-content-sha256': own['x-amz-content-sha256'] ?? '' },
    },
    { signingDate: now },
  );
  expect(own.authorization).toBe(signed.headers.authorization);
});
