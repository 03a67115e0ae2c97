import type { Json } from '../outputs/outputs';
import { textOf } from '../release/differences';
import type { StateResource, TerraformState } from '../outputs/terraform-state';

/** What a deploy owns from now on. Addresses of these are of no use in a template: they leave the state. */
const SCALING = [
  'aws_appautoscaling_target',
  'aws_appautoscaling_policy',
  'aws_appautoscaling_scheduled_action',
];
const FORGOTTEN = new Set(['aws_ecs_service', 'aws_ecs_task_definition', ...SCALING]);

export function isForgotten(type: string): boolean {
  return FORGOTTEN.has(type);
}

/** A live service, as far as Terraform knows it. */
export interface AdoptedService {
  cluster: string;
  service: string;
  /** Of its task definitions. */
  family: string;
}

export interface RemovedBlocks {
  /** Addresses without keys, as `removed` takes them: `module.app.aws_ecs_service.web`. */
  addresses: readonly string[];
  /** Of those: what also holds something else, which Terraform would forget too. */
  shared: readonly string[];
}

/**
 * The resources of a state that are this service: itself, its task definitions, and what scales it.
 * A `removed` block takes a whole resource, never one instance of it.
 */
export function findRemoved(state: TerraformState, adopted: AdoptedService): RemovedBlocks {
  const own = (attributes: { [key: string]: Json } | undefined, type: string): boolean => {
    const text = (name: string) => (typeof attributes?.[name] === 'string' ? attributes[name] : '');
    if (type === 'aws_ecs_service')
      return text('name') === adopted.service && lastPart(text('cluster')) === adopted.cluster;
    if (type === 'aws_ecs_task_definition') return text('family') === adopted.family;
    return text('resource_id') === `service/${adopted.cluster}/${adopted.service}`;
  };
  const found = state.resources.filter(
    ({ mode, type, instances }) =>
      mode === 'managed' && isForgotten(type) && instances.some(({ attributes }) => own(attributes, type)),
  );
  const shared = found.filter(({ type, instances }) =>
    instances.some(({ attributes }) => !own(attributes, type)),
  );
  return { addresses: unique(found.map(addressOf)), shared: unique(shared.map(addressOf)) };
}

/** What to put in place of the resource blocks: Terraform 1.7 or newer forgets them, and destroys nothing. */
export function removedBlocks({ addresses }: RemovedBlocks): string {
  return addresses
    .map((address) => `removed {\n  from = ${address}\n\n  lifecycle {\n    destroy = false\n  }\n}\n`)
    .join('\n');
}

/** Services in a state, so that one need not be named twice. */
export function servicesInState(
  state: TerraformState,
): { cluster: string; service: string; region: string | undefined }[] {
  return state.resources
    .filter(({ mode, type }) => mode === 'managed' && type === 'aws_ecs_service')
    .flatMap(({ instances }) =>
      instances.map(({ attributes = {} }) => ({
        cluster: lastPart(textOf(attributes['cluster']) || 'default'),
        service: textOf(attributes['name']),
        region: /^arn:[\w-]+:ecs:([^:]+):/.exec(textOf(attributes['id']))?.[1],
      })),
    );
}

function addressOf({ module, type, name }: StateResource): string {
  const path = module?.replaceAll(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
  return [path, type, name].filter(Boolean).join('.');
}

function lastPart(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
