import type { Json, Outputs } from '../outputs/outputs';
import type { StateResource, TerraformState } from '../outputs/terraform-state';
import { isForgotten } from './removed-blocks';

/** A value that infrastructure knows, and the template that gives it. */
export interface Known {
  value: string | readonly string[];
  /** Without the braces: ``output `vpc_id` ``. */
  expression: string;
  /** What its name is made of, without words that say nothing: `task`, `execution`, `role`. */
  words: ReadonlySet<string>;
  /** The lower, the rather it is taken. */
  rank: number;
}

const call = (name: string, argument: string) => `${name} \`${argument}\``;

/** Outputs as `{{ output }}` finds them: the service's own, then the environment's. */
export function knownOutputs({ environment, services, sensitive }: Outputs, service: string): Known[] {
  const scope = (values: Readonly<Record<string, Json>>, prefix: string, rank: number) =>
    Object.entries(values).flatMap(([name, value]): Known[] =>
      isKnowable(value) && !sensitive.has(name)
        ? [{ value, expression: call('output', prefix + name), words: wordsOf(name), rank }]
        : [],
    );
  return [
    ...scope(services[service] ?? {}, '', 0),
    ...scope(environment, '', 1),
    ...Object.entries(services).flatMap(([other, values]) =>
      other === service ? [] : scope(values, `services.${other}.`, 4),
    ),
  ];
}

/**
 * Attributes of resources in a Terraform state, and its outputs. What Terraform is to forget is left out: its
 * addresses go away with it.
 */
export function knownInState(state: TerraformState): Known[] {
  const outputs = Object.entries(state.outputs).flatMap(([name, { value, sensitive }]): Known[] =>
    isKnowable(value) && sensitive !== true
      ? [{ value, expression: call('tfstate', `output.${name}`), words: wordsOf(name), rank: 6 }]
      : [],
  );
  return [...state.resources.filter(({ type }) => !isForgotten(type)).flatMap(knownInResource), ...outputs];
}

/** What a resource says of itself comes before what it says of others. */
const OWN_ATTRIBUTES = ['arn', 'id', 'name', 'repository_url', 'dns_name', 'endpoint', 'address'];

function knownInResource(resource: StateResource): Known[] {
  const { mode, type, instances } = resource;
  return instances.flatMap((instance) => {
    // Such a key cannot stand in a template that stands in a JSON string.
    if (/["'`\\\n]/.test(String(instance.index_key ?? ''))) return [];
    const hidden = new Set(sensitiveAttributes(instance));
    return Object.entries(instance.attributes ?? {}).flatMap(([name, value]): Known[] => {
      if (!isKnowable(value) || hidden.has(name)) return [];
      const own = OWN_ATTRIBUTES.indexOf(name);
      return [
        {
          value,
          expression: call('tfstate', `${addressOf(resource, instance.index_key)}.${name}`),
          words: wordsOf(`${type.replace(/^aws_/, '')}_${name}`),
          rank: (own < 0 ? 5 : 2 + own / 10) + (mode === 'data' ? 1 : 0),
        },
      ];
    });
  });
}

/** `module.app["web"].aws_x.name['key']`: in single quotes, so that it may stand in a JSON string. */
function addressOf({ module, mode, type, name }: StateResource, key: string | number | undefined): string {
  const index = key === undefined ? '' : typeof key === 'number' ? `[${key}]` : `['${key}']`;
  const path = [module?.replaceAll('"', "'"), mode === 'data' ? 'data' : undefined, type, name + index];
  return path.filter((part) => part !== undefined).join('.');
}

function sensitiveAttributes(instance: object): string[] {
  const { sensitive_attributes: paths = [] } = instance as {
    sensitive_attributes?: readonly (readonly { value?: unknown }[])[];
  };
  return paths.map(([step]) => String(step?.value));
}

function isKnowable(value: Json): value is string | string[] {
  if (typeof value === 'string') return value !== '';
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

const EMPTY_WORDS = new Set(['name', 'id', 'arn', 'aws', 'value', 'url']);

/** `awslogs-group`, `assignPublicIp` and `LOG_GROUP_NAME` as the words they are made of. */
export function wordsOf(name: string): Set<string> {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace('awslogs', 'log')
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/(?<=..)s$/, ''))
    .filter((word) => word !== '' && !EMPTY_WORDS.has(word));
  return new Set(words);
}
