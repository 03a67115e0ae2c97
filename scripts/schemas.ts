import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ecs from '@aws-sdk/client-ecs';
import type { Schema, Structure } from '../deploy/schema/schema';
import { configJsonSchema } from '../deploy/src/config/json-schema';

/**
 * Makes the files of deploy/schema: ecs.json from the static schemas that @aws-sdk/client-ecs exports, with the
 * enumerations of its type declarations (the only place that links a member to its values), and slipway.json from
 * the schema that checks slipway.yml.
 *
 * @returns paths relative to deploy/schema, with the text that belongs in them.
 */
export function generateSchemas(): { path: string; text: string }[] {
  return [
    { path: 'ecs.json', text: compact(ecsSchema()) },
    { path: 'slipway.json', text: `${JSON.stringify(configJsonSchema(), null, 2)}\n` },
  ];
}

/** Outputs whose members beyond the inputs' are what ECS adds: read-only fields of `describe` output. */
const described = ['TaskDefinition', 'Service'];

/** `[3, namespace, name, traits, memberNames, memberTypes, requiredCount?]`; see @smithy/types, StaticStructureSchema. */
type StaticStructure = [3 | 4, string, string, unknown, string[], unknown[], number?];
type StaticOperation = [9, string, string, unknown, () => StaticStructure, () => StaticStructure];

function ecsSchema(): Schema {
  const exported: Record<string, unknown> = ecs;
  const links = enumerationLinks();
  const structures: Record<string, Structure> = {};
  const enumerations: Record<string, readonly string[]> = {};
  const operations: Record<string, string> = {};

  const addEnumeration = (name: string): string | undefined => {
    const values = exported[name];
    if (typeof values !== 'object' || values === null || Array.isArray(values)) return undefined;
    enumerations[name] ??= Object.values(values as Record<string, string>);
    return name;
  };
  const stringType = (owner: string, member: string): string => {
    const link = links.get(`${owner}.${member}`);
    return (link !== undefined && addEnumeration(link)) || 'string';
  };
  const typeOf = (type: unknown, owner: string, member: string): string => {
    if (typeof type === 'function') return typeOf((type as () => unknown)(), owner, member);
    if (Array.isArray(type)) {
      if (type.length === 2) return typeOf(type[0], owner, member); // [type, traits]
      switch (type[0]) {
        case 0: // [0, namespace, name, traits, type]
          return typeOf(type[4], owner, member);
        case 1: // [1, namespace, name, traits, element]
          return `${typeOf(type[4], owner, member)}[]`;
        case 2: // [2, namespace, name, traits, key, value]
          return `${typeOf(type[5], owner, member)}{}`;
        case 3:
        case 4: // a union: a structure of which one member is set
          return addStructure(type as StaticStructure);
      }
    }
    if (typeof type === 'number') {
      if (type >= 128) return `${typeOf(type - 128, owner, member)}{}`;
      if (type >= 64) return `${typeOf(type - 64, owner, member)}[]`;
      const names: Record<number, string> = { 1: 'number', 2: 'boolean', 4: 'timestamp', 15: 'document' };
      const name = type === 0 ? stringType(owner, member) : names[type];
      if (name !== undefined) return name;
    }
    throw new Error(`${owner}.${member} has a type that generate.ts does not know: ${JSON.stringify(type)}`);
  };
  const addStructure = ([, , name, , members, types, required = 0]: StaticStructure): string => {
    if (structures[name] !== undefined) return name;
    const structure: { members: Record<string, string>; required?: string[] } = { members: {} };
    structures[name] = structure;
    members.forEach((member, index) => {
      structure.members[member] = typeOf(types[index], name, member);
    });
    if (required > 0) structure.required = members.slice(0, required);
    return name;
  };

  for (const [key, value] of Object.entries(exported)) {
    if (!key.endsWith('$') || !Array.isArray(value) || value[0] !== 9) continue;
    const [, , operation, , input] = value as unknown as StaticOperation;
    operations[operation] = addStructure(input());
  }
  for (const name of described) addStructure(exported[`${name}$`] as StaticStructure);
  return { sdk: packageVersion(), operations, structures, enumerations };
}

function packageDirectory(): string {
  return dirname(dirname(require.resolve('@aws-sdk/client-ecs')));
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageDirectory(), 'package.json'), 'utf8')) as { version: string })
    .version;
}

/** `ContainerDefinition.networkMode` -> `NetworkMode`, out of `networkMode?: NetworkMode | undefined;`. */
function enumerationLinks(): Map<string, string> {
  const links = new Map<string, string>();
  const models = join(packageDirectory(), 'dist-types', 'models');
  for (const file of readdirSync(models).filter((name) => /^models_\d+\.d\.ts$/.test(name))) {
    let owner = '';
    for (const line of readFileSync(join(models, file), 'utf8').split(/\r?\n/)) {
      owner = /^export (?:declare )?interface (\w+)/.exec(line)?.[1] ?? owner;
      const [, member, type] =
        /^ {4}(\w+)\??: (\w+)(?:\[\])?(?: \| undefined)?(?: \| undefined)?;/.exec(line) ?? [];
      if (member !== undefined && type !== undefined) links.set(`${owner}.${member}`, type);
    }
  }
  return links;
}

/** One structure a line: small, and a change of the SDK is still readable in a diff. */
function compact(schema: Schema): string {
  const section = (entries: Readonly<Record<string, unknown>>) =>
    Object.keys(entries)
      .sort()
      .map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(entries[name])}`)
      .join(',\n');
  return [
    '{',
    `  "sdk": ${JSON.stringify(schema.sdk)},`,
    `  "operations": {\n${section(schema.operations)}\n  },`,
    `  "structures": {\n${section(schema.structures)}\n  },`,
    `  "enumerations": {\n${section(schema.enumerations)}\n  }`,
    '}\n',
  ].join('\n');
}
