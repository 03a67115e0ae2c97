import type { CommandSpec } from '../command';

/** What looks for problems beforehand. */
export const preflight: readonly CommandSpec[] = [];
