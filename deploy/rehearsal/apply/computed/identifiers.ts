import { createHash } from 'node:crypto';

/** What the computed attributes of one resource are made from. */
export interface ComputeContext {
  accountId: string;
  region: string;
  /** Hex digits that follow from the resource's address alone: the same at every apply. */
  hex: (length: number, purpose?: string) => string;
  /** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`; `global` leaves the region out. */
  arn: (service: string, resource: string, global?: boolean) => string;
  /** Of a load balancer: where it is to be reached on this machine. */
  dnsName: string | undefined;
}

/** The attributes that AWS would make up, from those that were configured. */
export type Compute = (
  attributes: Readonly<Record<string, unknown>>,
  context: ComputeContext,
) => Record<string, unknown>;

export function computeContext(
  address: string,
  stack: string,
  options: { accountId: string; region: string; dnsName: string | undefined },
): ComputeContext {
  const { accountId, region, dnsName } = options;
  return {
    accountId,
    region,
    dnsName,
    hex: (length, purpose = '') => {
      const seed = `${accountId} ${region} ${stack} ${address} ${purpose}`;
      return createHash('sha512').update(seed).digest('hex').slice(0, length);
    },
    arn: (service, resource, global = false) =>
      `arn:aws:${service}:${global ? '' : region}:${accountId}:${resource}`,
  };
}

/** Hex digits as the letters of IAM's ids. */
export function idLetters(hex: string): string {
  const letters = 'ABCDEFGHIJKLMNOP';
  return [...hex].map((digit) => letters[parseInt(digit, 16)] ?? 'A').join('');
}

/** A configured text; empty where there is none. */
export function configured(attributes: Readonly<Record<string, unknown>>, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `name`, or one made from `name_prefix`, or one that is all made up. */
export function nameOf(attributes: Readonly<Record<string, unknown>>, context: ComputeContext): string {
  const name = configured(attributes, 'name');
  return name !== ''
    ? name
    : (configured(attributes, 'name_prefix') || 'terraform-') + context.hex(26, 'name');
}
