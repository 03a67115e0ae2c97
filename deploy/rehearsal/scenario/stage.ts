import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../api/operation';
import { startRehearsal, type Rehearsal } from '../rehearsal';
import { sampleImages } from '../images/samples';
import { settingOptions } from '../setting-values';
import { makeDefinitions, type Definitions } from './definitions';
import type { Definition, Scenario } from './file/scenario';
import { createWorld, names, type World } from './world';

/** An event of the service. */
export interface StagedEvent {
  id: string;
  message: string;
}

const STEADY_MILLISECONDS = 30_000;

/** The rehearsal of one scenario with what is around the service, and a folder with the app's own files. */
export class Stage {
  private constructor(
    readonly rehearsal: Rehearsal,
    readonly world: World,
    readonly directory: string,
  ) {}

  /** Starts everything and brings it to where the scenario starts. @param directory scratch. */
  static async open(scenario: Scenario, directory: string): Promise<Stage> {
    const { start, hooks = {} } = scenario;
    const world = await createWorld(start['target-group'] ?? {}, start['launch-type'] ?? 'FARGATE');
    const { settings, ...api } = settingOptions(scenario.settings ?? {});
    const rehearsal = await startRehearsal({
      speed: scenario.speed ?? 50,
      directory: join(directory, 'rehearsal'),
      applied: [world.applied],
      settings: { invokeHook: (arn) => answerOf(hooks, arn), ...settings },
      ...api,
      accountId: names.accountId,
      region: names.region,
    });
    const stage = new Stage(rehearsal, world, directory);
    try {
      stage.pushSamples();
      await stage.pushPrograms(scenario.images ?? {});
      const before = makeDefinitions(start, world);
      for (const tag of start.releases ?? []) await stage.bringUp(tag, before);
      stage.writeApp(makeDefinitions(changed(start, scenario.change), world));
      return stage;
    } catch (error) {
      await rehearsal.stop();
      throw error;
    }
  }

  get repositoryUri(): string {
    return this.rehearsal.images.repositoryUri(names.repository);
  }

  ecs(operation: string, input: Message = {}): Promise<Message> {
    return this.rehearsal.call('ecs', operation, input);
  }

  /** As DescribeServices has it; undefined where there is none. */
  async service(): Promise<Message | undefined> {
    const { cluster, service } = names;
    const { services } = await this.ecs('DescribeServices', { cluster, services: [service] });
    return (services as Message[])[0];
  }

  /** Oldest first. */
  async events(): Promise<StagedEvent[]> {
    const events = ((await this.service())?.events ?? []) as StagedEvent[];
    return [...events].reverse();
  }

  /** @param desiredStatus of ListTasks. */
  async tasks(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Message[]> {
    const { cluster } = names;
    const { taskArns } = await this.ecs('ListTasks', { cluster, desiredStatus });
    if ((taskArns as string[]).length === 0) return [];
    return (await this.ecs('DescribeTasks', { cluster, tasks: taskArns })).tasks as Message[];
  }

  /** The tag of the image that a revision runs: `ok-1`. */
  async imageOf(taskDefinitionArn: unknown): Promise<string> {
    const { taskDefinition } = await this.ecs('DescribeTaskDefinition', {
      taskDefinition: taskDefinitionArn,
    });
    const [container] = (taskDefinition as { containerDefinitions: { image: string }[] })
      .containerDefinitions;
    return this.tagOf(container?.image ?? '');
  }

  /** Registers a revision as a release of slipway would be, with an image of the repository. @returns its ARN. */
  async register(tag: string, { taskDefinition }: Definitions): Promise<string> {
    const reference = `${this.repositoryUri}:${tag}`;
    const digest = this.rehearsal.images.resolve(reference)?.digest;
    const image = digest === undefined ? reference : `${this.repositoryUri}@${digest}`;
    const [container] = taskDefinition.containerDefinitions;
    const answer = await this.ecs('RegisterTaskDefinition', {
      ...taskDefinition,
      containerDefinitions: [{ ...container, image }],
      tags: [{ key: 'slipway:git-sha', value: gitShaOf(tag) }],
    });
    return (answer.taskDefinition as { taskDefinitionArn: string }).taskDefinitionArn;
  }

  private tagOf(image: string): string {
    const found = this.rehearsal.images.resolve(image);
    return found?.tags[0] ?? image.slice(image.lastIndexOf('/') + 1);
  }

  private pushSamples(): void {
    const { images } = this.rehearsal;
    for (const { repository, tag } of sampleImages) {
      const packaged = images.packaged(images.describe(`${repository}:${tag}`).digest);
      const name = `${repository.slice(repository.indexOf('/') + 1)}-${tag}`;
      if (packaged !== undefined) images.push(packaged, names.repository, [name]);
    }
  }

  private async pushPrograms(programs: Readonly<Record<string, string>>): Promise<void> {
    const { images } = this.rehearsal;
    for (const [tag, program] of Object.entries(programs)) {
      const root = join(this.directory, 'images', tag);
      mkdirSync(join(root, 'srv'), { recursive: true });
      writeFileSync(join(root, 'srv', 'main.js'), program);
      const packaged = await images.package({
        architecture: 'amd64',
        root,
        workingDirectory: '/srv',
        entryPoint: [],
        command: ['node', 'main.js'],
        environment: {},
        user: '',
        dependencies: {},
      });
      images.push(packaged, names.repository, [tag]);
    }
  }

  /** Creates or updates the service, and waits until nothing moves any more. */
  private async bringUp(tag: string, definitions: Definitions): Promise<void> {
    const taskDefinition = await this.register(tag, definitions);
    const { cluster, service } = names;
    if ((await this.service()) === undefined)
      await this.ecs('CreateService', {
        ...definitions.service,
        cluster,
        serviceName: service,
        taskDefinition,
      });
    else await this.ecs('UpdateService', { cluster, service, taskDefinition });
    const deadline = performance.now() + STEADY_MILLISECONDS;
    for (;;) {
      const deployments = ((await this.service())?.deployments ?? []) as Message[];
      if (deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED') return;
      if (performance.now() > deadline) {
        const events = (await this.events()).slice(-5).map(({ message }) => message);
        throw new Error(
          `the start is not reached: release ${tag} is not steady after ${STEADY_MILLISECONDS / 1000} s\n${events.join('\n')}`,
        );
      }
      await pause(20);
    }
  }

  /** What the command finds in its working directory. */
  private writeApp({ taskDefinition, service }: Definitions): void {
    const app = join(this.directory, 'app');
    mkdirSync(join(app, 'ecs'), { recursive: true });
    const [container] = taskDefinition.containerDefinitions;
    const withImage = { ...container, image: '{{ must_env `IMAGE` }}' };
    const write = (file: string, content: object) =>
      writeFileSync(join(app, file), `${JSON.stringify(content, undefined, 2)}\n`);
    write('ecs/task-definition.json', { ...taskDefinition, containerDefinitions: [withImage] });
    write('ecs/service.json', service);
    writeFileSync(join(app, 'slipway.yml'), config);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Stands for the commit of a release. */
export function gitShaOf(tag: string): string {
  return Buffer.from(tag).toString('hex').padEnd(40, '0').slice(0, 40);
}

const config = `service: ${names.service}
cluster: ${names.cluster}
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
timeout: 1m
environments:
  staging: { region: ${names.region} }
`;

/** The definition at the start with what is different now. */
export function changed(start: Definition, change: Definition | undefined): Definition {
  if (change === undefined) return start;
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const merged = named.map(([name, value]) => {
    const before = start[name as keyof Definition];
    const both = typeof before === 'object' && typeof value === 'object';
    return [name, both ? { ...before, ...value } : value] as const;
  });
  return { ...start, ...Object.fromEntries(merged) };
}

function answerOf(hooks: Readonly<Record<string, string>>, arn: string): { hookStatus: string } {
  const name = arn.slice(arn.lastIndexOf(':') + 1);
  const hookStatus = hooks[name];
  if (hookStatus === undefined) throw new Error(`Function not found: ${arn}`);
  return { hookStatus };
}
