/** `aws_subnet.network_public_a`, in every stack that has it. */
type Address = string;

/** A resource that got another address: a construct that was renamed, or moved into another one. */
export interface Move {
  readonly from: Address;
  readonly to: Address;
}

/** A resource that is not made any more, and is destroyed where it was. */
export interface Removal {
  readonly address: Address;
  readonly reason: string;
}

/**
 * Every rename, the oldest first. Without its line Terraform destroys the resource and makes it anew. A line stays for as
 * long as somebody may come from a version before it; a second rename is one line more.
 */
export const moves: readonly Move[] = [];

/** Every resource that went away on purpose. */
export const removals: readonly Removal[] = [];

/** Context of a construct under which other moves stand, for tests. */
export const MOVES = 'slipway:moves';

/** Terraform's `moved` blocks of a stack: those that end, in as many steps as it takes, at what the stack has. */
export function movedBlocks(addresses: ReadonlySet<Address>, all: readonly Move[] = moves): Move[] {
  return all.filter(({ from }) => !addresses.has(from) && addresses.has(endOf(from, all)));
}

/** Addresses of before that are gone, without a block that moves them to what is there and without a reason. */
export function unexplained(
  before: readonly Address[],
  addresses: ReadonlySet<Address>,
  blocks: readonly Move[],
  reasons: readonly Removal[] = removals,
): Address[] {
  const removed = new Set(reasons.map(({ address }) => address));
  return before.filter((address) => {
    const end = endOf(address, blocks);
    return !addresses.has(end) && !removed.has(end);
  });
}

/** Where an address has come to. */
function endOf(address: Address, all: readonly Move[]): Address {
  return all.reduce((current, { from, to }) => (current === from ? to : current), address);
}
