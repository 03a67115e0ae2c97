import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { World } from '../world';

export interface FoundParameter {
  type: string;
  /** Of a SecureString. */
  keyId: string | undefined;
}

/** Which of these parameters there are, by name; their values are not read. At most 50 a call. */
export function readParameters(
  world: World,
  names: readonly string[],
  region: string,
): Promise<Map<string, FoundParameter>> {
  const wanted = [...new Set(names)].sort();
  return world.read('ssm:DescribeParameters', `${region} ${wanted.join()}`, async () => {
    const found = new Map<string, FoundParameter>();
    for (let start = 0; start < wanted.length; start += 50) {
      const { Parameters = [] } = await world.client(SSMClient, region).send(
        new DescribeParametersCommand({
          ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: wanted.slice(start, start + 50) }],
          MaxResults: 50,
        }),
      );
      for (const { Name = '', Type = 'String', KeyId } of Parameters)
        found.set(Name, { type: Type, keyId: KeyId });
    }
    return found;
  });
}
