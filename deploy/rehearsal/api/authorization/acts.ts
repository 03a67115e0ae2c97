import type { Message } from '../operation';

/** Condition keys of a request, as IAM names them. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** One thing that a request does, as IAM sees it. */
export interface Act {
  /** `ecs:UpdateService`. */
  action: string;
  /** ARNs; `*` alone where the action takes none. Each must be allowed. */
  resources: readonly string[];
  context?: ConditionContext;
}

/** What there is, as far as a request names it in another way than by its ARN. */
export interface Known {
  /** Of a role by its name, with its path; undefined where there is none. */
  roleArn(name: string): string | undefined;
  secretArn(name: string): string | undefined;
  /** By family, `family:revision` or ARN. */
  taskDefinition(reference: string): { arn: string; roles: readonly string[] } | undefined;
  tags(arn: string): Readonly<Record<string, string>>;
}

/** A request, and where it is made. */
export interface Asked {
  operation: string;
  input: Message;
  known: Known;
  accountId: string;
  region: string;
  /** An ARN of this account and region. */
  arn(service: string, resource: string): string;
  /** One of this account without a region: IAM, CloudFront, dashboards. */
  global(service: string, resource: string): string;
}

type ResourcesOf = (input: Message, asked: Asked) => readonly string[];

/** What the operations of one service do. An operation that is not in `resources` takes none. */
export interface ServiceActs {
  /** What IAM calls the service. */
  prefix: string;
  resources: Readonly<Record<string, ResourcesOf>>;
  /** Operations whose action has another name. */
  actions?: Readonly<Record<string, string>>;
  /** Condition keys of the service's own. */
  context?(asked: Asked): ConditionContext;
  /** What else the request does: passes a role, tags what it makes. */
  more?(asked: Asked): readonly Act[];
}

/** The acts of one request; the first is the operation's own. */
export function actsOf(service: ServiceActs, asked: Asked): Act[] {
  const { operation, input } = asked;
  const resourcesOf = Object.hasOwn(service.resources, operation) ? service.resources[operation] : undefined;
  const resources = resourcesOf?.(input, asked) ?? [];
  return [
    {
      action: `${service.prefix}:${service.actions?.[operation] ?? operation}`,
      resources: resources.length === 0 ? ['*'] : resources,
      context: { ...tagContext(input), ...service.context?.(asked) },
    },
    ...(service.more?.(asked) ?? []),
  ];
}

/** For several operations the same. */
export function each(operations: readonly string[], resources: ResourcesOf): Record<string, ResourcesOf> {
  return Object.fromEntries(operations.map((operation) => [operation, resources]));
}

/** A member as text; what is none has not been checked yet, and is empty. */
export function text(input: Message, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

/** A member as texts: one alone is a list as well. */
export function texts(input: Message, name: string): string[] {
  const value = input[name];
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
}

/** A member as objects. */
export function objects(input: Message, name: string): Message[] {
  const value = input[name];
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one): one is Message => typeof one === 'object' && one !== null);
}

/** Passing a role to a service of AWS. */
export function passing(role: unknown, service: string): Act[] {
  if (typeof role !== 'string' || role === '') return [];
  return [{ action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': service } }];
}

/** `aws:RequestTag/KEY` and `aws:TagKeys` of what a request tags with. */
export function tagContext(input: Message): ConditionContext {
  const tags = requestTags(input);
  const keys = Object.keys(tags);
  if (keys.length === 0) return {};
  return {
    ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, tags[key] ?? ''])),
    'aws:TagKeys': keys,
  };
}

/** Tags in any of the forms that services give them: pairs, a map, or EC2's specifications. */
export function requestTags(input: Message): Record<string, string> {
  const specified = objects(input, 'TagSpecification').flatMap((one) => objects(one, 'Tag'));
  for (const given of [input.tags, input.Tags, input.Tag, input.TagsList, input.ResourceTags]) {
    if (Array.isArray(given)) specified.push(...(given as Message[]));
    else if (typeof given === 'object' && given !== null) return given as Record<string, string>;
  }
  return Object.fromEntries(
    specified.map((tag) => [
      text(tag, 'key') || text(tag, 'Key') || text(tag, 'TagKey'),
      text(tag, 'value') || text(tag, 'Value') || text(tag, 'TagValue'),
    ]),
  );
}

/** Tagging what the request makes, where it does. */
export function tagging(asked: Asked, action: string, resources: readonly string[], key?: string): Act[] {
  if (Object.keys(requestTags(asked.input)).length === 0) return [];
  const made = key === undefined ? {} : { [key]: asked.operation };
  return [{ action, resources, context: { ...tagContext(asked.input), ...made } }];
}
