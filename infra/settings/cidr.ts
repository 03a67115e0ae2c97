/** Letters that a zone may have; each has its own slot in every tier, whether the zone is used or not. */
export const ZONE_LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

/** Tiers in the order of their blocks. A tier added at the end moves none of the others. */
export const TIERS = ['public', 'private', 'isolated'] as const;
export type Tier = (typeof TIERS)[number];

export interface Cidr {
  /** The first address as a number. */
  readonly base: number;
  readonly prefix: number;
}

/** @returns undefined for what is no IPv4 CIDR, or has bits set behind its prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const base = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  return base % 2 ** (32 - prefix) === 0 ? { base, prefix } : undefined;
}

export function formatCidr({ base, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join('.')}/${prefix}`;
}

/**
 * The subnet of a zone in a tier: tier by tier a block of eight, in it one slot a letter. In 10.0.0.0/16 with /24
 * subnets, public a is 10.0.0.0/24, public c 10.0.2.0/24, private a 10.0.8.0/24.
 */
export function subnetCidr(vpc: string, subnetPrefix: number, tier: Tier, letter: string): string {
  const parsed = parseCidr(vpc);
  const slot = (ZONE_LETTERS as readonly string[]).indexOf(letter);
  if (!parsed || slot < 0) throw new Error(`no subnet for zone "${letter}" in "${vpc}"`);
  const index = TIERS.indexOf(tier) * ZONE_LETTERS.length + slot;
  return formatCidr({ base: parsed.base + index * 2 ** (32 - subnetPrefix), prefix: subnetPrefix });
}

/** How many subnets of this size these tiers and all letters need together. */
export function subnetSlots(tiers: readonly Tier[]): number {
  return Math.max(...tiers.map((tier) => TIERS.indexOf(tier) + 1)) * ZONE_LETTERS.length;
}

/** The tiers of a network, in the order of their blocks. */
export function tiersOf(network: { readonly isolatedTier: boolean }): readonly Tier[] {
  return network.isolatedTier ? TIERS : TIERS.filter((tier) => tier !== 'isolated');
}
