import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from '../context';
import { SlipwayError } from '../errors';

const NAME = 'session-manager-plugin';
const HOW =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';

export interface PluginCall {
  /** What ExecuteCommand or StartSession answered. */
  session: object;
  /** What was asked for. */
  request: object;
  region: string;
}

/**
 * Where the plugin is, so that no session is opened that nobody can use.
 * @throws SlipwayError SESSION_MANAGER_PLUGIN_MISSING
 */
export function findPlugin({ env }: Context): string {
  const names = process.platform === 'win32' ? [`${NAME}.exe`, NAME] : [NAME];
  const directories = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  for (const directory of directories) {
    for (const name of names) {
      const path = join(directory, name);
      if (isExecutable(path)) return path;
    }
  }
  throw new SlipwayError(
    'SESSION_MANAGER_PLUGIN_MISSING',
    `there is no ${NAME} on PATH: AWS's own program for sessions, which ECS Exec needs`,
    { hint: `install it (macOS: brew install --cask ${NAME}): ${HOW}` },
  );
}

/**
 * Hands the terminal to the plugin until the session ends. Its arguments are those of the AWS CLI.
 * @returns its exit status
 */
export async function runPlugin(context: Context, path: string, call: PluginCall): Promise<number> {
  const { session, request, region } = call;
  const { env, signal } = context;
  const endpoint = env['AWS_ENDPOINT_URL'] || `https://ssm.${region}.${domainOf(region)}`;
  const profile = env['AWS_PROFILE'] ?? '';
  const restore = leaveInterruptsToPlugin();
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(
        path,
        [JSON.stringify(session), region, 'StartSession', profile, JSON.stringify(request), endpoint],
        { stdio: 'inherit', env: { ...env } },
      );
      const end = () => void child.kill('SIGTERM');
      signal.addEventListener('abort', end, { once: true });
      child.once('error', reject);
      child.once('exit', (code, killed) => {
        signal.removeEventListener('abort', end);
        resolve(code ?? (killed === null ? 1 : 128 + 15));
      });
      if (signal.aborted) end();
    });
  } finally {
    restore();
  }
}

/** Ctrl-C belongs to what runs in the container: the plugin hands it on, and this process must live on. */
function leaveInterruptsToPlugin(): () => void {
  const ignore = () => undefined;
  const before = process.listeners('SIGINT');
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    before.forEach((listener) => process.on('SIGINT', listener));
  };
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
