import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ImageError } from '../../images/image-store';
import { packageApplication } from '../../images/package';
import { StepFailure } from '../errors';
import { allows } from '../model/permissions';
import { awsPlace, callAws, ecr } from './aws';
import { linkDependencies } from './set-up';
import type { StandIn, StandInStep } from './stand-in';

export const buildPush: StandIn = {
  name: 'docker/build-push-action',
  summary:
    'packages the app as its Dockerfile says, without Docker, and puts it into the ECR of the rehearsal; of several platforms the first',
  async run(step) {
    const { world, job, input, log, setOutput } = step;
    const tags = lines(input('tags'));
    const pushes = input('push', 'false') === 'true';
    if (pushes && tags.length === 0) throw new StepFailure('tag is needed when pushing to registry');
    const context = resolve(job.workspace, input('context', '.'));
    const platforms = input('platforms', 'linux/amd64')
      .split(/[,\n]/)
      .map((text) => text.trim());
    const architecture = architectureOf(platforms[0] ?? '');
    if (platforms.length > 1) log(`of ${platforms.join(', ')} the first is packaged`);
    // What `npm ci` in the Dockerfile would install.
    linkDependencies(world.source, context);
    const { images } = (await world.platform()).rehearsal;
    const image = await packaged(() =>
      packageApplication(images, {
        contextDirectory: context,
        dockerfile: resolve(job.workspace, input('file', join(context, 'Dockerfile'))),
        buildArguments: pairs(input('build-args')),
        architecture,
      }),
    );
    if (pushes) for (const tag of tags) await push(step, image.digest, tag);
    const metadata = { 'containerimage.digest': image.digest, 'image.name': tags.join(',') };
    setOutput('digest', image.digest);
    setOutput('imageid', image.digest);
    setOutput('metadata', JSON.stringify(metadata));
    log(`${image.digest} ${pushes ? `pushed as ${tags.join(', ')}` : 'is not pushed'}`);
  },
};

/** As `docker push` does it: through ECR's API, so that the role of the job must be allowed to. */
async function push({ world, job, env }: StandInStep, digest: string, reference: string): Promise<void> {
  const { images } = (await world.platform()).rehearsal;
  const [, registry = '', repositoryName = '', imageTag = 'latest'] =
    /^([^/]+)\/([^:@]+)(?::([\w.-]+))?$/.exec(reference) ?? [];
  if (!job.registries.has(registry)) {
    throw new StepFailure(
      `failed to push ${reference}: unexpected status from HEAD request: 401 Unauthorized (the job has not logged in to ${registry || 'a registry'})`,
    );
  }
  if (registry !== images.registry)
    throw new StepFailure(`failed to push ${reference}: only ${images.registry} is rehearsed`);
  const place = awsPlace(env);
  const documents = images.documents(digest);
  await callAws(place, ecr, 'BatchCheckLayerAvailability', {
    repositoryName,
    layerDigests: documents === undefined ? [] : [documents.layerDigest],
  });
  await callAws(place, ecr, 'PutImage', {
    repositoryName,
    imageTag,
    imageManifest: documents?.manifest ?? '',
  });
}

async function packaged<T>(build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (error instanceof ImageError) throw new StepFailure(`failed to build: ${error.message}`);
    throw error;
  }
}

function architectureOf(platform: string): 'amd64' | 'arm64' {
  const name = platform.replace(/^linux\//, '').replace(/\/v8$/, '');
  if (name === 'amd64' || name === 'arm64') return name;
  throw new StepFailure(`the platform ${platform} is not one of linux/amd64, linux/arm64`);
}

function lines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function attestation(name: string): StandIn {
  return {
    name,
    summary: 'writes the statement of provenance to a file, unsigned; needs id-token and attestations: write',
    run({ job, input, log, setOutput }) {
      for (const scope of ['id-token', 'attestations'])
        if (!allows(job.permissions, scope, 'write'))
          throw new StepFailure(
            `Resource not accessible by integration (the job lacks the permission ${scope}: write)`,
          );
      const digest = input('subject-digest');
      const subject = input('subject-path') || input('subject-name');
      if (subject === '')
        throw new StepFailure('One of subject-path, subject-digest, or subject-checksums must be provided');
      if (input('subject-path') === '' && !/^sha256:[0-9a-f]{64}$/.test(digest))
        throw new StepFailure('subject-digest must be in the format "sha256:<hex-digest>"');
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: subject, digest: { sha256: digest.replace('sha256:', '') } }],
        predicateType: 'https://slsa.dev/provenance/v1',
      };
      const file = join(job.temp, 'attestation.json');
      writeFileSync(file, `${JSON.stringify(statement)}\n`);
      setOutput('bundle-path', file);
      log(`Attestation of ${subject} ${digest}`);
    },
  };
}

export const attestBuildProvenance = attestation('actions/attest-build-provenance');
export const attest = attestation('actions/attest');
