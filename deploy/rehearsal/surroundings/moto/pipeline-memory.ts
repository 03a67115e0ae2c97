import { randomUUID } from 'node:crypto';

type Json = Record<string, unknown>;
type Answer = Json | undefined;

/**
 * CodePipeline, its steps and its connections, as they were told. moto writes the times of a pipeline as text, refuses a
 * project of CodeBuild whose source is a pipeline, and has no CodeConnections. Nothing runs in them here.
 */
export class PipelineMemory {
  /** By ARN. */
  private readonly pipelines = new Map<string, Json>();
  private readonly projects = new Map<string, Json>();
  private readonly connections = new Map<string, Json>();
  private readonly tags = new Map<string, readonly Json[]>();

  constructor(private readonly arn: (service: string, resource: string) => string) {}

  /** The output of an operation; undefined where it is moto's. Services are signing names. */
  answer(service: string, operation: string, input: () => Json): Answer {
    switch (service) {
      case 'codepipeline':
        return this.pipeline(operation, input());
      case 'codebuild':
        return this.project(operation, input());
      case 'codeconnections':
      case 'codestar-connections':
        return this.connection(service, operation, input());
      default:
        return undefined;
    }
  }

  private pipeline(operation: string, input: Json): Answer {
    const arn = (name: unknown) => this.arn('codepipeline', String(name));
    switch (operation) {
      case 'CreatePipeline':
      case 'UpdatePipeline': {
        const told = (input.pipeline ?? {}) as Json;
        const own = arn(told.name);
        const version = Number((this.pipelines.get(own)?.version as number | undefined) ?? 0) + 1;
        const pipeline = { ...told, stages: withOrder(told.stages), version };
        this.pipelines.set(own, pipeline);
        if (operation === 'CreatePipeline') this.tags.set(own, (input.tags ?? []) as Json[]);
        return { pipeline, tags: this.tags.get(own) };
      }
      case 'GetPipeline': {
        const pipeline = this.pipelines.get(arn(input.name));
        const metadata = { pipelineArn: arn(input.name), created: 1_700_000_000, updated: 1_700_000_000 };
        return pipeline ? { pipeline, metadata } : missing('PipelineNotFoundException', input.name);
      }
      case 'DeletePipeline':
        this.pipelines.delete(arn(input.name));
        return {};
      default:
        return this.tagging(operation, String(input.resourceArn), 'key', input.tags, input.tagKeys);
    }
  }

  private project(operation: string, input: Json): Answer {
    const arn = (name: unknown) =>
      String(name).startsWith('arn:') ? String(name) : this.arn('codebuild', `project/${String(name)}`);
    switch (operation) {
      case 'CreateProject':
      case 'UpdateProject': {
        const own = arn(input.name);
        const project = { projectVisibility: 'PRIVATE', ...this.projects.get(own), ...input, arn: own };
        this.projects.set(own, project);
        return { project };
      }
      case 'BatchGetProjects': {
        const asked = (input.names ?? []) as string[];
        return {
          projects: asked.flatMap((name) => this.projects.get(arn(name)) ?? []),
          projectsNotFound: asked.filter((name) => !this.projects.has(arn(name))),
        };
      }
      case 'DeleteProject':
        this.projects.delete(arn(input.name));
        return {};
      default:
        return undefined;
    }
  }

  private connection(service: string, operation: string, input: Json): Answer {
    const arn = String(input.ConnectionArn ?? input.ResourceArn);
    switch (operation) {
      case 'CreateConnection': {
        const { Tags = [], ...settings } = input;
        const made = this.arn(service, `connection/${randomUUID()}`);
        this.connections.set(made, { ...settings, ConnectionArn: made, ConnectionStatus: 'PENDING' });
        this.tags.set(made, Tags as Json[]);
        return { ConnectionArn: made, Tags };
      }
      case 'GetConnection': {
        const Connection = this.connections.get(arn);
        return Connection ? { Connection } : missing('ResourceNotFoundException', arn);
      }
      case 'DeleteConnection':
        this.connections.delete(arn);
        return {};
      default:
        return this.tagging(operation, arn, 'Key', input.Tags, input.TagKeys);
    }
  }

  private tagging(
    operation: string,
    arn: string,
    key: 'key' | 'Key',
    added: unknown,
    removed: unknown,
  ): Answer {
    const before = this.tags.get(arn) ?? [];
    const without = (names: readonly unknown[]) => before.filter((tag) => !names.includes(tag[key]));
    switch (operation) {
      case 'ListTagsForResource':
        return { [key === 'key' ? 'tags' : 'Tags']: before };
      case 'TagResource': {
        const tags = (added ?? []) as Json[];
        this.tags.set(arn, [...without(tags.map((tag) => tag[key])), ...tags]);
        return {};
      }
      case 'UntagResource':
        this.tags.set(arn, without((removed ?? []) as string[]));
        return {};
      default:
        return undefined;
    }
  }
}

/** An error, as JSON protocols write it. */
function missing(type: string, name: unknown): Json {
  return { __type: type, message: `there is no ${String(name)}` };
}

/** AWS gives an action without an order the first. */
function withOrder(stages: unknown): Json[] {
  return ((stages ?? []) as { actions?: Json[] }[]).map((stage) => ({
    ...stage,
    actions: (stage.actions ?? []).map((action) => ({ runOrder: 1, ...action })),
  }));
}
