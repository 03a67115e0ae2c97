import { dirname } from 'node:path';
import { suggestion } from '../../schema/did-you-mean';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { backendLocation } from './backend';
import { interpretOutputs } from './interpret';
import type { Outputs } from './outputs';
import { readFile } from './sources/file';
import { readHttp, withoutPassword } from './sources/http';

export interface OutputsRequest {
  /** As the config says it: a URL, or a file. */
  location: string;
  /** What a relative file is relative to. */
  directory: string;
  /** Chooses the stack in an outputs file of cdktf that holds several. */
  environment: string | undefined;
  /** Asked for only where AWS is. */
  region: () => Promise<string>;
}

const knownSchemes = ['ssm://', 's3://', 'https://', 'http://', 'remote://'];

/** Places that ecspresso knows, and whose libraries are not worth their weight here. */
const clouds = { 'gs://': 'Google Cloud Storage', 'azurerm://': 'Azure Blob Storage' };

/** What infrastructure exports, where nothing says where it is. */
export const noOutputs: Outputs = {
  source: 'nothing',
  contractHash: undefined,
  environment: {},
  services: {},
  state: undefined,
  sensitive: new Set(),
};

/**
 * Reads what infrastructure exported.
 *
 * @throws SlipwayError FILE_NOT_FOUND, FILE_FOREIGN, CONTRACT_MISSING, CONFIG_INVALID (unknown scheme), and
 * what AWS or the network refuse.
 */
export async function readOutputs(context: Context, request: OutputsRequest): Promise<Outputs> {
  const { location } = request;
  const scheme = /^([a-z][a-z0-9+.-]*:\/\/)/i.exec(location)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'ssm://': {
      const { readParameters } = await import('./sources/ssm.ts');
      return readParameters(context, location, await request.region());
    }
    case 's3://': {
      const { readObject } = await import('./sources/s3.ts');
      const text = await readObject(context, location, await request.region());
      return interpretOutputs(text, { source: location, environment: request.environment });
    }
    case 'http://':
    case 'https://':
      return interpretOutputs(await readHttp(context, location), {
        source: withoutPassword(location),
        environment: request.environment,
      });
    case 'remote://': {
      const { readWorkspaceState } = await import('./sources/hcp-terraform.ts');
      const text = await readWorkspaceState(context, location);
      return interpretOutputs(text, { source: location, environment: request.environment });
    }
    case 'gs://':
    case 'azurerm://':
      throw new SlipwayError(
        'CONFIG_INVALID',
        `outputs "${location}": slipway cannot read ${clouds[scheme]}`,
        {
          hint: 'fetch the state beforehand, "terraform state pull > terraform.tfstate", and name that file; or publish the outputs in SSM and name ssm:///path',
        },
      );
    case undefined:
    case 'file://': {
      const file = await readFile(context, location, request.directory);
      const elsewhere = await backendLocation(file.text, file.path, file.shown);
      if (elsewhere !== undefined) {
        // Terraform is run in the directory above .terraform.
        const directory = dirname(dirname(file.path));
        return readOutputs(context, { ...request, location: elsewhere, directory });
      }
      return interpretOutputs(file.text, { source: file.shown, environment: request.environment });
    }
    default:
      throw new SlipwayError(
        'CONFIG_INVALID',
        `outputs "${withoutPassword(location)}": "${scheme}" is not a place that can be read${suggestion(scheme, knownSchemes)}`,
        { hint: `outputs are read from ${knownSchemes.join(', ')} or a file` },
      );
  }
}
