import type { CommandSpec } from '../command';

/** What brings a service that exists already to slipway. */
export const adoption: readonly CommandSpec[] = [];
