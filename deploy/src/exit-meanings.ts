import type { exitCodes } from './errors';

/** What each exit code means, for `--help`, deploy/docs/errors.md and the README. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  live: 'live, or nothing to change',
  bug: 'a bug, or something unforeseen',
  difference: 'diff --exit-code found a difference',
  refused: 'refused before anything was changed',
  contract: 'a template and the outputs do not fit',
  inProgress: 'another deployment is in progress',
  failed: 'failed',
  rolledBack: 'rolled back',
  superseded: 'superseded by another deployment',
  timedOut: 'timed out; ECS is still working',
  notAllowed: 'credentials or permission missing',
  unreachable: 'AWS cannot be reached',
  usage: 'usage or configuration',
  interrupted: 'interrupted',
};
