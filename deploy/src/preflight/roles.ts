import type { Position } from '../definition/definitions';
import type { Problem } from './check';
import { trustedServices } from './policy/trust';
import type { FoundRole } from './reads/iam';
import type { World } from './world';

/** `arn:aws:iam::123456789012:role/path/name`, or a plain name. */
export function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export interface RoleUse {
  /** `the execution role` */
  what: string;
  arn: string;
  /** Who has to be trusted: `ecs-tasks.amazonaws.com`. */
  service: string;
  position: Position | undefined;
}

/** The role in the account; undefined where it is another account's or does not exist. */
export async function findRole(world: World, arn: string): Promise<FoundRole | undefined> {
  const { readRole } = await import('./reads/iam.ts');
  const found = await readRole(world, roleName(arn));
  return found !== undefined && arn.startsWith('arn:') && found.arn !== arn ? undefined : found;
}

/** A role that ECS has to assume: it exists, and lets ECS. */
export async function checkRole(world: World, { what, arn, service, position }: RoleUse): Promise<Problem[]> {
  const { readRole } = await import('./reads/iam.ts');
  const found = await readRole(world, roleName(arn));
  const error = (message: string, hint: string): Problem[] => [{ level: 'error', message, hint, position }];
  if (found === undefined)
    return error(`${what} ${arn} does not exist`, 'create it, or name one that exists');
  if (arn.startsWith('arn:') && found.arn !== arn) {
    const message = `${what} ${arn} does not exist: the role of that name is ${found.arn}`;
    return error(message, 'write the ARN as IAM has it, with its path and in the account of the service');
  }
  const trusted = trustedServices(found.trust);
  if (trusted === undefined || trusted.includes(service) || trusted.includes('*')) return [];
  const name = roleName(arn);
  if (service === 'ecs-tasks.amazonaws.com' && trusted.includes('ec2.amazonaws.com')) {
    const message = `${what} ${name} trusts ec2.amazonaws.com: that is a role for instances, and tasks cannot assume it`;
    return error(message, 'let its trust policy name ecs-tasks.amazonaws.com');
  }
  const others = trusted.length === 0 ? 'no service' : trusted.join(', ');
  return error(
    `${what} ${name} trusts ${others}, not ${service}: ECS cannot assume it`,
    `let its trust policy allow sts:AssumeRole to ${service}`,
  );
}
