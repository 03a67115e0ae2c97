import { CreateClusterCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startMoto, type Moto } from '../../rehearsal/apply/moto';
import { onPath } from '../rehearsal/support';
import { project, type Project } from '../project';

/** moto's own ECS: it takes everything, runs nothing, has no service deployments, and stays IN_PROGRESS for ever. */
const withMoto = onPath('moto_server') ? describe : describe.skip;

withMoto("a deploy to moto's own ECS (needs `moto_server` on PATH)", () => {
  let moto: Moto;
  let env: Record<string, string>;
  let app: Project;

  beforeAll(async () => {
    moto = await startMoto();
    env = {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-west-1',
      SLIPWAY_POLL_SECONDS: '0.1',
      GITHUB_SHA: 'f'.repeat(40),
    };
    const options = {
      region: 'eu-west-1',
      endpoint: moto.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    await new ECSClient(options).send(new CreateClusterCommand({ clusterName: 'shop' }));
    const ecr = new ECRClient(options);
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'web' }));
    for (const imageTag of ['1', '2']) {
      const imageManifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: {
          mediaType: 'application/vnd.docker.container.image.v1+json',
          size: 1,
          digest: `sha256:${imageTag.repeat(64)}`,
        },
        layers: [
          {
            mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
            size: 1,
            digest: `sha256:${imageTag.repeat(64)}`,
          },
        ],
      });
      await ecr.send(new PutImageCommand({ repositoryName: 'web', imageTag, imageManifest }));
    }
    const value = JSON.stringify({ version: 1, hash: 'abc', outputs: { cluster_name: 'shop' } });
    await new SSMClient(options).send(
      new PutParameterCommand({ Name: '/shop/outputs', Value: value, Type: 'String' }),
    );
  });
  afterAll(() => moto.stop());

  beforeEach(() => {
    app = project({
      'slipway.yml':
        'service: web\ncluster: "{{ output `cluster_name` }}"\ntask_definition: td.json\nservice_definition: sv.json\n' +
        'environments:\n  staging: { outputs: "ssm:///shop" }\n',
      'td.json': {
        family: 'web',
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'web', image: '{{ must_env `IMAGE` }}', memory: 128 }],
      },
      'sv.json': { desiredCount: 1 },
    });
  });

  const deploy = (tag: string, ...more: string[]) =>
    app.run(
      [
        'deploy',
        'staging',
        '--image',
        `123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:${tag}`,
        '--timeout',
        '2s',
        ...more,
      ],
      env,
    );

  it('registers, creates and updates, and ends honestly with 23', async () => {
    const created = await deploy('1');
    expect(created.stderr).toContain('this endpoint has no service deployments API');
    expect(created).toMatchObject({ code: 23 });
    expect(created.stderr).toContain('STILL GOING');
    expect(await deploy('2')).toMatchObject({ code: 12 });
    const updated = await deploy('2', '--supersede');
    expect(updated).toMatchObject({ code: 23 });
    const ecs = new ECSClient({
      region: 'eu-west-1',
      endpoint: moto.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { taskDefinition, tags } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }),
    );
    expect(taskDefinition?.revision).toBe(2);
    expect(tags).toContainEqual({ key: 'slipway:git-sha', value: 'f'.repeat(40) });
  });
});
