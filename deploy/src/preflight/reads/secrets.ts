import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type DescribeSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import type { World } from '../world';

/** A secret without its value; undefined where there is none. */
export function readSecret(
  world: World,
  id: string,
  region: string,
): Promise<DescribeSecretResponse | undefined> {
  return world.read('secretsmanager:DescribeSecret', id, async () => {
    try {
      return await world
        .client(SecretsManagerClient, region)
        .send(new DescribeSecretCommand({ SecretId: id }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  });
}

/** The secret's own policy, which may allow what the role's do not. */
export function readSecretPolicy(world: World, id: string, region: string): Promise<string | undefined> {
  return world.read('secretsmanager:GetResourcePolicy', id, async () => {
    const { ResourcePolicy } = await world
      .client(SecretsManagerClient, region)
      .send(new GetResourcePolicyCommand({ SecretId: id }));
    return ResourcePolicy;
  });
}
