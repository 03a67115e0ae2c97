import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '../cdktf';
import { addStacks } from '../main';
import { resolvePlatform } from '../settings/resolve';
import type { EnvironmentSettings, ProjectSettings } from '../settings/settings';
import type { Variables } from '../settings/variables';
import { EnvironmentStack } from '../stacks/environment';
import { FoundationStack } from '../stacks/foundation';
import { StateStack } from '../stacks/state';

export const ACCOUNT = '123456789012';

/** A checkout that knows all there is to know. */
export const variables: Variables = {
  accountId: ACCOUNT,
  region: undefined,
  stateBucket: undefined,
  repository: 'octo/shop',
  ownerId: '42',
  repositoryId: '4711',
  rehearsal: false,
};

type Attributes = Record<string, unknown>;

/** A synthesised stack, as terraform reads it. */
export interface StackDocument {
  terraform: { backend: Record<string, Attributes> };
  provider: { aws: Attributes[] };
  resource: Record<string, Record<string, Attributes>>;
  data?: Record<string, Record<string, Attributes>>;
  output?: Record<string, { value: unknown; description?: string }>;
  moved?: { from: string; to: string }[];
}

/** Synthesises the stacks of `main.ts`. */
export function synthesise(own: Partial<Variables> = {}): (stack: string) => StackDocument {
  return write((app) => addStacks(app, { ...variables, ...own }));
}

/** Synthesises all stacks from settings of the test's own. */
export function synthesiseFrom(
  settings: { project?: ProjectSettings; environments: readonly EnvironmentSettings[] },
  own: Partial<Variables> = {},
): (stack: string) => StackDocument {
  const platform = resolvePlatform({ project: { name: 'slipway' }, ...settings }, { ...variables, ...own });
  return write((app) => {
    new StateStack(app, 'state', platform.project);
    new FoundationStack(app, 'foundation', platform);
    for (const { name } of platform.environments) new EnvironmentStack(app, name, platform);
  });
}

function write(build: (app: App) => void): (stack: string) => StackDocument {
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-infra-'));
  try {
    const app = new App({ outdir });
    build(app);
    app.synth();
    const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    const documents = new Map(
      Object.entries(stacks).map(([name, { synthesizedStackPath }]) => [
        name,
        JSON.parse(readFileSync(join(outdir, synthesizedStackPath), 'utf8')) as StackDocument,
      ]),
    );
    return (stack) => {
      const document = documents.get(stack);
      if (!document) throw new Error(`no stack ${stack}`);
      return document;
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Resources of a type, by their name. */
export function resources(document: StackDocument, type: string): Record<string, Attributes> {
  return document.resource[type] ?? {};
}

export function addresses(document: StackDocument): string[] {
  return Object.entries(document.resource)
    .flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`))
    .sort();
}

/** A resource without what cdktf notes about it. */
export function attributes(document: StackDocument, address: string): Attributes {
  const [type = '', name = ''] = address.split('.');
  const found = document.resource[type]?.[name];
  if (!found) throw new Error(`no ${address}; there are:\n${addresses(document).join('\n')}`);
  return Object.fromEntries(Object.entries(found).filter(([member]) => member !== '//'));
}
