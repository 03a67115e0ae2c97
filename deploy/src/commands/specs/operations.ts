import type { CommandSpec } from '../command';

/** What is done to a service between releases: scale, refresh, wait, revisions. */
export const operations: readonly CommandSpec[] = [];
