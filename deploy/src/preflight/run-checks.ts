import { suggestion } from '../../schema/did-you-mean';
import type { Context } from '../context';
import type { Definitions, JsonObject } from '../definition/definitions';
import { SlipwayError } from '../errors';
import type { RenderedTarget } from '../target';
import type { Check, Problem } from './check';
import type { Finding } from './finding';
import { destinationOf, subjectOf } from './subject';
import { checks } from './table';
import { Reads, Unseen, type Missed } from './world';

export interface PreflightOptions {
  /** Names of checks that are left out; `all` leaves out every one. */
  skip: readonly string[];
  /** Whether it is said what could not be looked at for other reasons than permission. */
  verbose: boolean;
}

export interface Preflight {
  findings: readonly Finding[];
  /** How many checks ran. */
  checks: number;
}

/**
 * Runs all checks at once, and finds all that they find. It changes nothing.
 * What could not be looked at is a warning for each permission, and for each service that did not answer.
 * @throws SlipwayError where the credentials are no good, or nothing at all can be reached
 */
export async function runChecks(
  context: Context,
  target: RenderedTarget,
  options: PreflightOptions,
): Promise<Preflight> {
  const chosen = chosenChecks(options.skip);
  const reads = new Reads(context.env, target.region);
  try {
    const results = await interruptible(context.signal, async () => {
      const live = chosen.length === 0 ? undefined : await readLive(reads, target);
      const subject = subjectOf(target.definitions, destinationOf(target, live));
      return Promise.allSettled(chosen.map((check) => runOne(check, reads, subject)));
    });
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const all = [...reads.missed.values()];
    if (reads.answered === 0 && all.length > 0 && all.every(({ failure }) => failure === 'network'))
      throw all[0]?.cause;
    const missed = all.flatMap(missedFinding);
    if (options.verbose) {
      const unsupported = all.filter(({ failure }) => failure === 'unsupported');
      const notes = unsupported.map(
        ({ permission, checks }) => `the endpoint has no ${permission} (${[...checks].join(', ')})`,
      );
      for (const message of [...reads.notes, ...notes])
        context.sink({ type: 'note', level: 'info', message });
    }
    return { findings: [...distinct(found), ...missed], checks: chosen.length };
  } finally {
    reads.close();
  }
}

/** Errors that definitions with unknown fields tell all the same, each with its place in front. */
export function staticErrors(definitions: Definitions): string[] {
  const subject = subjectOf(definitions, undefined, true);
  const found = checks
    .filter(({ actions }) => actions.length === 0)
    .flatMap((check) => check.run(subject, nowhere) as readonly Problem[]);
  return found
    .filter(({ level, absence }) => level === 'error' && absence !== true)
    .map(({ message, position }) =>
      position === undefined ? message : `${position.file}:${position.line}:${position.column}: ${message}`,
    );
}

const nowhere = new Reads({}, '').for('');

/** The service as it is; reading changes nothing, so nobody has to wait for it after Ctrl-C. */
async function readLive(reads: Reads, { cluster, service }: RenderedTarget): Promise<JsonObject | undefined> {
  const { readService } = await import('./reads/ecs.ts');
  try {
    const found = await readService(reads.for('cluster'), cluster, service);
    return found && (JSON.parse(JSON.stringify(found)) as JsonObject);
  } catch (error) {
    if (error instanceof Unseen) return undefined;
    throw error;
  }
}

async function interruptible<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const interrupted = () => new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');
  if (signal.aborted) throw interrupted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(interrupted());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function runOne(check: Check, reads: Reads, subject: Parameters<Check['run']>[0]): Promise<Finding[]> {
  try {
    const problems = await check.run(subject, reads.for(check.name));
    return problems.map((problem) => findingOf(check, problem));
  } catch (error) {
    if (error instanceof Unseen) return [];
    throw error;
  }
}

function findingOf(check: Check, { level, message, hint, position, code }: Problem): Finding {
  return { check: check.name, level, message, hint, position, ...(code === undefined ? {} : { code }) };
}

/** @throws SlipwayError USAGE for a name that no check has */
export function chosenChecks(skip: readonly string[]): readonly Check[] {
  const names = [...checks.map(({ name }) => name), 'all'];
  const unknown = skip.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SlipwayError('USAGE', `--skip-check ${unknown} names no check${suggestion(unknown, names)}`, {
      hint: `there are ${names.join(', ')}`,
    });
  }
  return skip.includes('all') ? [] : checks.filter(({ name }) => !skip.includes(name));
}

/** The same thing said by two checks, or of two containers at one place, is said once. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ message, position }) => {
    const key = JSON.stringify([message, position]);
    return !seen.has(key) && seen.add(key);
  });
}

/** As the table has them, whoever asked first. */
const order = checks.map(({ name }) => name);

function missedFinding({ failure, permission, checks, cause }: Missed): Finding[] {
  const names = order.filter((name) => checks.has(name));
  const [first = ''] = names;
  const service = permission.split(':')[0] ?? '';
  const warning = (message: string, hint: string, own: Partial<Finding> = {}): Finding[] => [
    { check: first, level: 'warning', message, hint, position: undefined, ...own },
  ];
  const unknown = `so ${names.length === 1 ? 'this is not known' : 'these are not known'}: ${names.join(', ')}`;
  switch (failure) {
    case 'unsupported':
      return [];
    case 'denied':
      return warning(
        `${permission} is not allowed, ${unknown}`,
        `allow ${permission} to the role that runs this, or leave out with --skip-check what nobody is to look at`,
        { permission },
      );
    case 'throttled':
      return warning(`AWS throttles ${permission}, ${unknown}`, 'run it again in a while');
    case 'server':
    case 'network':
    case 'other':
      return warning(
        `${service} gave no answer to ${permission}${reasonOf(cause)}, ${unknown}`,
        'run it again in a while',
      );
  }
}

function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message || cause.name : '';
  return message === '' ? '' : ` (${message.split('\n')[0] ?? ''})`;
}
