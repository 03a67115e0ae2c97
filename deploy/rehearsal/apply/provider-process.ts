import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCompanion } from './companion';

/** The provider, kept running: terraform then need not start it and load its schema for each run. */
export interface ProviderProcess {
  /** Value of TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  stop(): Promise<void>;
}

const READY = 60_000;

/**
 * Starts the provider that a stack asks for, from a plugin mirror.
 * @returns undefined where the mirror holds it packed or in another version; terraform then starts it itself.
 */
export async function startProvider(options: {
  pluginMirror: string;
  stackDirectory: string;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<ProviderProcess | undefined> {
  const file = findProvider(options.pluginMirror, providerVersion(options.stackDirectory));
  if (file === undefined) return undefined;
  const provider = startCompanion(file, ['-debug'], options.env);
  try {
    const [, text = ''] = await provider.line(/TF_REATTACH_PROVIDERS='?(\{.*\})/, READY);
    const [address] = Object.values(JSON.parse(text) as Record<string, unknown>);
    // Terraform and OpenTofu know the same provider under the name of their own registry.
    const reattach = JSON.stringify({
      'registry.terraform.io/hashicorp/aws': address,
      'registry.opentofu.org/hashicorp/aws': address,
    });
    return { reattach, stop: () => provider.stop() };
  } catch (error) {
    await provider.stop();
    throw error;
  }
}

function providerVersion(stackDirectory: string): string {
  const stack = JSON.parse(readFileSync(join(stackDirectory, 'cdk.tf.json'), 'utf8')) as {
    terraform: { required_providers: { aws: { version: string } } };
  };
  return stack.terraform.required_providers.aws.version;
}

/** `<mirror>/<registry>/hashicorp/aws/<version>/<platform>/terraform-provider-aws_v<version>_x5`. */
function findProvider(mirror: string, version: string): string | undefined {
  const platform = `${{ win32: 'windows' }[process.platform as string] ?? process.platform}_${{ x64: 'amd64' }[process.arch as string] ?? process.arch}`;
  for (const registry of ['registry.terraform.io', 'registry.opentofu.org']) {
    const directory = join(mirror, registry, 'hashicorp', 'aws', version, platform);
    const file = list(directory).find((name) => name.startsWith('terraform-provider-aws'));
    if (file !== undefined) return join(directory, file);
  }
  return undefined;
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
