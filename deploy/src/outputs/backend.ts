import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../errors';

interface Backend {
  type: string;
  config: Readonly<Record<string, unknown>>;
}

/**
 * `.terraform/terraform.tfstate` is no state: it says in which backend the state is. The location there, of the
 * workspace that is chosen; undefined where the text is something else.
 *
 * @param path of the file; @param shown as errors name it.
 * @throws SlipwayError CONFIG_INVALID for a backend that cannot be read.
 */
export async function backendLocation(
  text: string,
  path: string,
  shown: string,
): Promise<string | undefined> {
  const backend = backendOf(text);
  if (backend === undefined) return undefined;
  const { type, config } = backend;
  const value = (name: string): string => (typeof config[name] === 'string' ? config[name] : '');
  const workspace = await chosenWorkspace(path);
  switch (type) {
    case 'local':
      return value('path') || 'terraform.tfstate';
    case 's3': {
      const prefix =
        workspace === 'default' ? '' : `${value('workspace_key_prefix') || 'env:'}/${workspace}/`;
      return `s3://${value('bucket')}/${prefix}${value('key')}`;
    }
    case 'http':
      return value('address');
    case 'remote':
    case 'cloud': {
      const [found] = [config['workspaces']].flat() as ({ name?: string; prefix?: string } | undefined)[];
      const name = found?.name || `${found?.prefix ?? ''}${workspace}`;
      return `remote://${value('hostname') || 'app.terraform.io'}/${value('organization')}/${name}`;
    }
    case 'gcs':
      return `gs://${value('bucket')}/${value('prefix')}/${workspace}.tfstate`;
    default:
      throw new SlipwayError(
        'CONFIG_INVALID',
        `${shown} says that the state is in a backend of type "${type}"`,
        {
          hint: 'fetch the state beforehand, "terraform state pull > terraform.tfstate", and name that file',
        },
      );
  }
}

function backendOf(text: string): Backend | undefined {
  if (!text.includes('"backend"')) return undefined;
  try {
    const { backend } = JSON.parse(text) as { backend?: Partial<Backend> };
    if (typeof backend?.type !== 'string' || typeof backend.config !== 'object') return undefined;
    return backend as Backend;
  } catch {
    return undefined;
  }
}

/** Terraform keeps it beside the file. */
async function chosenWorkspace(path: string): Promise<string> {
  try {
    return (await readFile(join(dirname(path), 'environment'), 'utf8')).trim() || 'default';
  } catch {
    return 'default';
  }
}
