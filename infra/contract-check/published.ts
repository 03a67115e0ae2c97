import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '../cdktf';
import { addStacks } from '../main';
import type { Variables } from '../settings/variables';
import { EnvironmentStack } from '../stacks/environment';

/** What one environment publishes with its settings as they are: names, without those that are switched off. */
export interface Published {
  readonly name: string;
  readonly project: string;
  /** Where an app reads it: `ssm:///slipway/staging`. */
  readonly location: string;
  readonly environment: ReadonlySet<string>;
  readonly services: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Builds the stacks and looks at what they publish, so that nothing here can be of another mind than they are.
 * @throws SettingsError
 */
export function publishedOutputs(variables: Variables): Published[] {
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-contract-'));
  try {
    const app = new App({ outdir });
    addStacks(app, variables);
    return app.node.children
      .filter((stack): stack is EnvironmentStack => stack instanceof EnvironmentStack)
      .map(({ node, home, names, published: { props } }) => ({
        name: node.id,
        project: home.project,
        location: `ssm://${names.parameters(node.id)}`,
        environment: namesIn(props.environment),
        services: new Map(Object.entries(props.services).map(([name, outputs]) => [name, namesIn(outputs)])),
      }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function namesIn(outputs: object): Set<string> {
  return new Set(
    Object.entries(outputs)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name),
  );
}
