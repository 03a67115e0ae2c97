import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import { httpText } from './http';

/**
 * `remote://app.terraform.io/organization/workspace`: the current state of a workspace of HCP Terraform, Terraform
 * Enterprise, or whatever answers their API.
 *
 * @see https://developer.hashicorp.com/terraform/cloud-docs/api-docs/state-versions
 * @throws SlipwayError CONFIG_INVALID, NOT_ALLOWED without a token or with a wrong one, FILE_NOT_FOUND, UNREACHABLE
 */
export async function readWorkspaceState(context: Context, location: string): Promise<string> {
  const [, host, organization, workspace] = /^remote:\/\/([^/]+)\/([^/]+)\/([^/]+)\/?$/i.exec(location) ?? [];
  if (host === undefined || organization === undefined || workspace === undefined) {
    throw new SlipwayError(
      'CONFIG_INVALID',
      `outputs "${location}" is not remote://host/organization/workspace`,
    );
  }
  const headers = { authorization: `Bearer ${await findToken(context, host)}` };
  const get = async (url: string, accept: string): Promise<string> => {
    try {
      return await httpText(context, url, { ...headers, accept }, location);
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.code === 'UNREACHABLE') throw error;
      throw new SlipwayError(error.code, error.message, {
        hint: hints[error.code] ?? error.hint ?? '',
        cause: error,
      });
    }
  };
  // A server on this machine has no certificate.
  const scheme = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host) ? 'http' : 'https';
  const api = `${scheme}://${host}/api/v2`;
  const json = 'application/vnd.api+json';
  const path = `${api}/organizations/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(workspace)}`;
  const { id } = dataOf(await get(path, json), location);
  const { attributes } = dataOf(await get(`${api}/workspaces/${id}/current-state-version`, json), location);
  const url = attributes?.['hosted-state-download-url'];
  if (typeof url !== 'string')
    throw unexpected(location, 'the state version has no hosted-state-download-url');
  return get(url, 'application/json');
}

const hints: Readonly<Record<string, string>> = {
  FILE_NOT_FOUND:
    'check organization and workspace, whether the token may read the state, and whether anything was applied yet',
  NOT_ALLOWED: 'check the token: TF_TOKEN_<host> or TFE_TOKEN',
};

interface Data {
  id: string;
  attributes?: Readonly<Record<string, unknown>>;
}

function dataOf(text: string, location: string): Data {
  try {
    const { data } = JSON.parse(text) as { data?: Partial<Data> };
    if (typeof data?.id === 'string') return data as Data;
  } catch {
    throw unexpected(location, 'it is not JSON');
  }
  throw unexpected(location, 'it has no "data" with an "id"');
}

function unexpected(location: string, what: string): SlipwayError {
  return new SlipwayError('FILE_FOREIGN', `${location} did not answer as HCP Terraform does: ${what}`);
}

/** As Terraform finds it: TF_TOKEN_<host>, then the file of "terraform login"; TFE_TOKEN as other tools have it. */
async function findToken({ env }: Context, host: string): Promise<string> {
  const name = `TF_TOKEN_${host.replace(/:\d+$/, '').replaceAll('-', '__').replaceAll('.', '_')}`;
  const token = env[name] || env['TFE_TOKEN'] || (await savedToken(env, host));
  if (token) return token;
  throw new SlipwayError('NOT_ALLOWED', `there is no token for ${host}`, {
    hint: `set ${name} or TFE_TOKEN, or run "terraform login ${host}"`,
  });
}

async function savedToken(env: Context['env'], host: string): Promise<string | undefined> {
  const directory =
    process.platform === 'win32'
      ? join(env['APPDATA'] ?? homedir(), 'terraform.d')
      : join(env['HOME'] ?? homedir(), '.terraform.d');
  try {
    const text = await readFile(join(directory, 'credentials.tfrc.json'), 'utf8');
    const { credentials } = JSON.parse(text) as { credentials?: Record<string, { token?: string }> };
    return credentials?.[host]?.token;
  } catch {
    return undefined;
  }
}
