import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findMoto } from './moto';
import { findTerraform } from './terraform';

const ASK_REGISTRY = `
fetch('https://registry.terraform.io/.well-known/terraform.json', { signal: AbortSignal.timeout(5000) })
  .then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1));
`;

/**
 * What applying with terraform lacks on this machine, by name; empty where it lacks nothing. It asks the registry
 * only where no mirror is named, and waits at most five seconds for it.
 */
export function missingForTerraform(): string[] {
  const found = (look: () => unknown) => {
    try {
      look();
      return true;
    } catch {
      return false;
    }
  };
  const missing: string[] = [];
  if (!found(findTerraform)) missing.push('terraform or tofu');
  if (!found(findMoto)) missing.push('moto_server');
  const mirror = process.env.SLIPWAY_PLUGIN_MIRROR || existsSync(process.env.TF_CLI_CONFIG_FILE ?? '');
  if (!mirror && !found(() => execFileSync(process.execPath, ['-e', ASK_REGISTRY], { stdio: 'ignore' }))) {
    missing.push('the AWS provider (SLIPWAY_PLUGIN_MIRROR is not set, and the registry does not answer)');
  }
  return missing;
}
