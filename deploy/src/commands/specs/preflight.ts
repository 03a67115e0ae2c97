import type { CommandSpec } from '../command';
import { image, skipCheck } from './options';

/** What looks for problems beforehand. */
export const preflight: readonly CommandSpec[] = [
  {
    name: 'verify',
    summary: 'run every check that a deploy makes beforehand, and change nothing',
    options: [image, skipCheck],
    load: () => import('../verify.ts'),
  },
];
