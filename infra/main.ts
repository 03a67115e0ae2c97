import { App } from './cdktf';
import { production } from './environments/production';
import { project } from './environments/project';
import { staging } from './environments/staging';
import { SettingsError } from './settings/problems';
import { resolvePlatform } from './settings/resolve';
import { readVariables, type Variables } from './settings/variables';
import { EnvironmentStack } from './stacks/environment';
import { FoundationStack } from './stacks/foundation';
import { StateStack } from './stacks/state';

/** All stacks. Each stands for itself: any can be applied alone. */
export function addStacks(app: App, variables: Variables): void {
  const platform = resolvePlatform({ project, environments: [staging, production] }, variables);
  new StateStack(app, 'state', platform.project);
  new FoundationStack(app, 'foundation', platform);
  new EnvironmentStack(app, 'staging', platform);
  new EnvironmentStack(app, 'production', platform);
}

function main(): void {
  const app = new App();
  try {
    addStacks(app, readVariables(process.env));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  app.synth();
}

if (require.main === module) main();
