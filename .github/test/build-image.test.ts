import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from './support/files';
import { startLoopback, type Answer, type Loopback } from './support/loopback';
import { named, runStep } from './support/run-step';

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const found: Answer = { body: { imageDetails: [{ imageDigest: digest }] } };
const notFound: Answer = {
  status: 400,
  body: { __type: 'ImageNotFoundException', message: 'no such image' },
};
const refused: Answer = { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } };

let answer: Answer = found;
let ecr: Loopback;
const directory = mkdtempSync(join(tmpdir(), 'slipway-build-'));
beforeAll(async () => {
  ecr = await startLoopback(() => answer);
});
afterAll(async () => {
  await ecr.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => void ecr.requests.splice(0));

const run = (step: string, environment: Record<string, string>) =>
  runStep(named(action('build-image').runs.steps, step), {
    action: 'build-image',
    directory,
    environment: {
      AWS_ENDPOINT_URL: ecr.url,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      REPOSITORY: 'slipway/web',
      TAG: '3f2c1ab',
      ...environment,
    },
  });

onPosix('the tag', () => {
  test('that exists is used by its digest', async () => {
    answer = found;
    expect(await run('Look for the tag', {})).toMatchObject({ exitCode: 0, outputs: { digest } });
    expect(ecr.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeImages' },
    });
    expect(ecr.requests[0]?.headers.authorization).toContain('/ap-northeast-1/ecr/aws4_request');
    expect(JSON.parse(ecr.requests[0]?.body ?? '')).toEqual({
      repositoryName: 'slipway/web',
      imageIds: [{ imageTag: '3f2c1ab' }],
    });
  });

  test('that does not exist leads to a build', async () => {
    answer = notFound;
    expect(await run('Look for the tag', {})).toMatchObject({ exitCode: 0, outputs: { digest: '' } });
  });

  test('whose state is not known ends the job, and builds nothing', async () => {
    answer = refused;
    const { exitCode, log, outputs } = await run('Look for the tag', {});
    expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} });
    expect(log).toContain('::error::Cannot look for the tag 3f2c1ab in the repository slipway/web: 400');
    expect(log).toContain('AccessDeniedException');
  });

  test('cannot be looked for without credentials', async () => {
    const { exitCode, log } = await run('Look for the tag', { AWS_ACCESS_KEY_ID: '' });
    expect(exitCode).toBe(1);
    expect(log).toContain('there are no AWS credentials');
  });
});

onPosix('the name of the image', () => {
  const name = (environment: Record<string, string>) =>
    run('Name the image by its digest', { REGISTRY: 'host', BUILD: 'success', ...environment });

  test.each([
    [digest, 0],
    ['', 1],
    ['None', 1],
  ])('the digest "%s" is passed on only if it is one', async (DIGEST, exitCode) => {
    const result = await name({ DIGEST });
    expect(result.exitCode).toBe(exitCode);
    expect(result.outputs).toEqual(exitCode === 0 ? { image: `host/slipway/web@${digest}`, digest } : {});
    expect(ecr.requests).toEqual([]);
  });

  test('a build that lost against another run of the same commit takes that one’s image', async () => {
    answer = found;
    const { exitCode, outputs, log } = await name({ DIGEST: '', BUILD: 'failure' });
    expect({ exitCode, image: outputs.image }).toEqual({ exitCode: 0, image: `host/slipway/web@${digest}` });
    expect(log).toContain('::notice::Another run pushed');
  });

  test('a build that failed for any other reason fails', async () => {
    answer = notFound;
    const { exitCode, log } = await name({ DIGEST: '', BUILD: 'failure' });
    expect(exitCode).toBe(1);
    expect(log).toContain('::error::The build of host/slipway/web:3f2c1ab failed');
  });
});

onPosix('the platforms', () => {
  const platforms = (text: string, environment: Record<string, string> = {}) => {
    writeFileSync(join(directory, 'definition'), text);
    return run('Read the architecture', { DEFINITION: 'definition', ...environment });
  };

  test.each([
    ['{ "runtimePlatform": { "cpuArchitecture": "X86_64" } }', 'linux/amd64'],
    ['{ "runtimePlatform": { "cpuArchitecture": "ARM64" } }', 'linux/arm64'],
    ['runtimePlatform:\n  cpuArchitecture: ARM64\n', 'linux/arm64'],
    ["{ runtimePlatform: { cpuArchitecture: 'ARM64' } }", 'linux/arm64'],
    ['{ "family": "web" }', 'linux/amd64'],
    [
      '{{ if eq (env `ARCH`) `arm` }}"cpuArchitecture": "ARM64"{{ else }}"cpuArchitecture": "X86_64"{{ end }}',
      'linux/amd64,linux/arm64',
    ],
  ])('%s is built for %s', async (text, expected) => {
    expect((await platforms(text)).outputs.platforms).toBe(expected);
  });

  test('another architecture than the runner’s needs QEMU', async () => {
    const own = process.arch === 'arm64' ? 'ARM64' : 'X86_64';
    const other = process.arch === 'arm64' ? 'X86_64' : 'ARM64';
    expect((await platforms(`"cpuArchitecture": "${own}"`)).outputs.foreign).toBe('false');
    expect((await platforms(`"cpuArchitecture": "${other}"`)).outputs.foreign).toBe('true');
  });

  test('what a template decides is asked of the workflow', async () => {
    const text = '{ "cpuArchitecture": "{{ env `ARCH` }}" }';
    const { exitCode, log } = await platforms(text);
    expect(exitCode).toBe(1);
    expect(log).toContain('give the input platforms');
    expect((await platforms(text, { PLATFORMS: 'linux/amd64, linux/arm64' })).outputs.platforms).toBe(
      'linux/amd64,linux/arm64',
    );
  });

  test('a definition that is not there is named', async () => {
    const { exitCode, log } = await run('Read the architecture', { DEFINITION: 'ecs/gone.json' });
    expect(exitCode).toBe(1);
    expect(log).toContain('The task definition ecs/gone.json is not there');
  });
});
