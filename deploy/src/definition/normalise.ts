import { loadSchema, parseType, type Structure } from '../../schema/schema';
import type { Rendered } from '../template/rendered';
import { OutputValue } from '../template/value';
import type { Located } from './located';
import { shapeOf, type DefinitionKind } from './shapes';

export interface Normalised {
  root: Located;
  /** Fields of `describe` output that were dropped. */
  dropped: readonly string[];
}

/**
 * Brings a definition into the form that ECS takes, from the forms that people have at hand: the answer of
 * `describe-task-definition` or `describe-services`, null for absent, an empty text where a choice is wanted, and
 * field names whose case is not AWS's. Keys that are data (labels, driver options) stay exactly as they are.
 */
export function normalise(root: Located, kind: DefinitionKind, rendered: Rendered): Normalised {
  const schema = loadSchema();
  const { structure, readOnly, fromConfig } = shapeOf(kind);
  const dropped: string[] = [];

  const visit = (node: Located, type: string): Located | undefined => {
    const parsed = parseType(schema, type);
    const { content } = node;
    if (content.type === 'scalar') {
      if (content.value === null || (parsed.kind === 'enumeration' && content.value === '')) return undefined;
      const isText = parsed.kind === 'string' || parsed.kind === 'enumeration';
      if (isText && typeof content.value !== 'string' && isOutput(rendered, node)) {
        return { ...node, content: { type: 'scalar', value: String(content.value) } };
      }
      return node;
    }
    if (content.type === 'list') {
      if (parsed.kind !== 'list') return node;
      const items = content.items.flatMap((item) => visit(item, parsed.element) ?? []);
      return { ...node, content: { type: 'list', items } };
    }
    if (parsed.kind === 'structure') return members(node, parsed.structure);
    if (parsed.kind !== 'map') return node;
    const entries = [...content.entries].flatMap(([key, value]): [string, Located][] => {
      const visited = visit(value, parsed.element);
      return visited === undefined ? [] : [[key, visited]];
    });
    return { ...node, content: { type: 'object', entries: new Map(entries) } };
  };

  const members = (
    node: Located,
    { members: known }: Structure,
    drops?: (name: string) => boolean,
  ): Located => {
    if (node.content.type !== 'object') return node;
    const entries = new Map<string, Located>();
    for (const [written, value] of node.content.entries) {
      const name = fieldName(written, known);
      if (drops?.(name)) continue;
      const type = Object.hasOwn(known, name) ? known[name] : undefined;
      const visited = type === undefined ? value : visit(value, type);
      if (visited !== undefined) entries.set(name, visited);
    }
    return { ...node, content: { type: 'object', entries } };
  };

  const top = members(unwrap(root, kind), structure, (name) => {
    const foreign = [...readOnly].find((one) => one.toLowerCase() === name.toLowerCase());
    if (foreign !== undefined) dropped.push(foreign);
    return foreign !== undefined || fromConfig.has(name);
  });
  return { root: top, dropped };
}

/** Go programs, and files written for them, do not mind the case of a field's name. */
function fieldName(written: string, members: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(members, written)) return written;
  const lower = written.toLowerCase();
  return Object.keys(members).find((name) => name.toLowerCase() === lower) ?? written;
}

function isOutput(rendered: Rendered, { start, end }: Located): boolean {
  return rendered.writtenIn(start, end).some(({ value }) => value instanceof OutputValue);
}

/** `{"taskDefinition": {...}, "tags": [...]}`, `{"services": [{...}]}`, `{"service": {...}}`. */
function unwrap(root: Located, kind: DefinitionKind): Located {
  if (root.content.type !== 'object') return root;
  const { entries } = root.content;
  const inner =
    kind === 'task-definition'
      ? entries.get('taskDefinition')
      : (only(entries.get('services')) ?? entries.get('service'));
  if (inner?.content.type !== 'object') return kind === 'service' ? withDeployed(root) : root;
  if (kind === 'service') return withDeployed(inner);
  const tags = entries.get('tags');
  if (tags === undefined || inner.content.entries.has('tags')) return inner;
  return {
    ...inner,
    content: { type: 'object', entries: new Map([...inner.content.entries, ['tags', tags]]) },
  };
}

/** What `describe-services` says of the deployment alone, though a service is made with it. */
const deployed = ['serviceConnectConfiguration', 'volumeConfigurations', 'vpcLatticeConfigurations'];

function withDeployed(service: Located): Located {
  const { content } = service;
  const list = content.type === 'object' ? content.entries.get('deployments') : undefined;
  if (content.type !== 'object' || list?.content.type !== 'list') return service;
  const primary = list.content.items.find(({ content: one }) => {
    const status = one.type === 'object' ? one.entries.get('status')?.content : undefined;
    return status?.type === 'scalar' && status.value === 'PRIMARY';
  });
  const found = primary?.content.type === 'object' ? primary.content.entries : new Map<string, Located>();
  const more = deployed.flatMap((name): [string, Located][] => {
    const value = content.entries.get(name) === undefined ? found.get(name) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return { ...service, content: { type: 'object', entries: new Map([...content.entries, ...more]) } };
}

function only(list: Located | undefined): Located | undefined {
  return list?.content.type === 'list' && list.content.items.length === 1 ? list.content.items[0] : undefined;
}
