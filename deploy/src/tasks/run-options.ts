import type { Input } from '../commands/command';
import { listOption } from '../config/image-option';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { countOption, flag, textOption, timeoutOption } from '../release/options';
import { SECRETIVE } from '../secrets';
import { splitWords } from './command-line';
import type { RunOptions } from './run';
import type { Which } from './run-revision';

/** ECS starts at most ten tasks with one call. */
const MOST = 10;

/**
 * The options of `slipway run`, checked before anything is read.
 * @param words what stands behind `--`
 * @throws SlipwayError USAGE
 */
export function runOptions(
  context: Context,
  input: Input,
  words: readonly string[],
): Omit<RunOptions, 'timeoutSeconds'> {
  timeoutOption(input, 0);
  const count = countOption(input, 'count', 1) ?? 1;
  if (count > MOST)
    throw new SlipwayError(
      'USAGE',
      `--count ${count} is more than ${MOST}, the most that ECS starts at once`,
    );
  return {
    which: whichOption(input),
    container: textOption(input, 'container'),
    command: commandOption(input, words),
    count,
    cpu: textOption(input, 'cpu'),
    memory: textOption(input, 'memory'),
    environment: environmentOption(context, input),
    tags: tagsOption(input),
    waitUntil: waitUntilOption(input),
    detach: flag(input, 'detach'),
    dryRun: flag(input, 'dryRun'),
  };
}

function whichOption(input: Input): Which {
  const revision = textOption(input, 'revision');
  const given = [
    ...(revision === undefined ? [] : ['--revision']),
    ...(flag(input, 'latest') ? ['--latest'] : []),
    ...(listOption(input, 'image').length === 0 ? [] : ['--image']),
  ];
  if (given.length > 1)
    throw new SlipwayError('USAGE', `${given.join(' and ')} exclude each other`, {
      hint: 'give one of them',
    });
  if (revision !== undefined) return { kind: 'revision', revision };
  if (flag(input, 'latest')) return { kind: 'latest' };
  return { kind: given.length === 1 ? 'rendered' : 'running' };
}

function commandOption(input: Input, words: readonly string[]): string[] {
  const line = textOption(input, 'command');
  if (line !== undefined && words.length > 0)
    throw new SlipwayError('USAGE', `--command and words behind -- exclude each other`, {
      hint: 'give one of them',
    });
  return line === undefined ? [...words] : splitWords(line);
}

/** `--env NAME=VALUE`; `--env NAME` hands on the value of this process, which then stands in no command line. */
function environmentOption(context: Context, input: Input): Record<string, string> {
  const entries = listOption(input, 'env').map((text): [string, string] => {
    const [, name, value] = /^([^=\s]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
    if (name === undefined)
      throw new SlipwayError('USAGE', '--env wants NAME=VALUE, or the NAME of a variable');
    const own = value ?? context.env[name];
    if (own === undefined)
      throw new SlipwayError('USAGE', `--env ${name}: there is no variable ${name} to hand on`, {
        hint: `write --env ${name}=VALUE`,
      });
    if (SECRETIVE.test(name)) context.secrets?.add(own);
    return [name, own];
  });
  return Object.fromEntries(entries);
}

function tagsOption(input: Input): { key: string; value: string }[] {
  return listOption(input, 'tags')
    .flatMap((text) => text.split(','))
    .map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new SlipwayError('USAGE', `--tags ${text} is no KEY=VALUE`);
      return { key: text.slice(0, at), value: text.slice(at + 1) };
    });
}

function waitUntilOption({ options }: Input): 'running' | 'stopped' {
  const until = options['waitUntil'] ?? 'stopped';
  if (until === 'running' || until === 'stopped') return until;
  throw new SlipwayError('USAGE', `--wait-until ${String(until)} is neither running nor stopped`);
}
