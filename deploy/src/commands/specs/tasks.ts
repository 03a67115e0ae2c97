import type { CommandSpec } from '../command';

/** What has to do with single tasks: run one, list them, read their logs, enter them. */
export const tasks: readonly CommandSpec[] = [];
