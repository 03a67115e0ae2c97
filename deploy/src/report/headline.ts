import type { Outcome, RolledBackBy, Successor } from '../release/outcome';
import type { DeploymentResult, Serving } from '../release/result';
import { duration, plural } from './style';

export interface Headline {
  /** `ROLLED BACK` */
  word: string;
  /** What happened and what serves now. */
  sentence: string;
  tone: 'good' | 'bad' | 'unsure';
}

const actors: Record<RolledBackBy, string> = {
  'circuit-breaker': 'the circuit breaker',
  alarm: 'an alarm',
  hook: 'a lifecycle hook',
  person: 'somebody (StopServiceDeployment or an update)',
  'this-run': 'this run',
};

/** `mira (too slow), https://github.com/.../runs/7` */
function rolledBackBy({ by, person }: Extract<Outcome, { kind: 'rolled-back' }>): string {
  if (person?.actor === undefined) return actors[by];
  const { actor, reason, runUrl } = person;
  const why = reason === undefined ? '' : ` (${clause(reason)})`;
  return `${actor}${why}${runUrl === undefined ? '' : `, ${runUrl}`}`;
}

/** What ECS says is a sentence; here it is a part of one. */
const clause = (text: string) => text.replace(/\.+$/, '');

/** Outcome first: the sentence that a tired person reads, and perhaps the only one. */
export function headline({
  outcome,
  serving,
  changes = [],
}: Pick<DeploymentResult, 'outcome' | 'serving'> & Partial<Pick<DeploymentResult, 'changes'>>): Headline {
  const { taskDefinition } = outcome.release;
  const now = servingSentence(serving, taskDefinition);
  switch (outcome.kind) {
    case 'live': {
      if (outcome.scaledToZero) {
        return {
          word: 'SCALED TO ZERO',
          tone: 'good',
          sentence: `${taskDefinition} is in place, and no task runs: the service wants none`,
        };
      }
      const drained = drainedPart(outcome);
      return {
        word: 'LIVE',
        tone: 'good',
        sentence: `${taskDefinition} serves all traffic after ${duration(outcome.servingSeconds)}${drained}`,
      };
    }
    case 'unchanged':
      return {
        word: 'UNCHANGED',
        tone: 'good',
        sentence:
          changes.length === 0
            ? `${taskDefinition} ${outcome.scaledToZero ? 'is in place already (scaled to zero, so no task runs)' : 'runs already'}; nothing was registered or updated`
            : `${taskDefinition} runs already and was left alone; changed: ${changes.map(({ path }) => path).join(', ')}`,
      };
    case 'started':
      return {
        word: 'STARTED',
        tone: 'good',
        sentence: `${taskDefinition} is rolling out as ${outcome.release.deploymentId}; this run does not wait for it`,
      };
    case 'rolled-back':
      return {
        word: 'ROLLED BACK',
        tone: 'bad',
        sentence: `${taskDefinition} was rolled back by ${rolledBackBy(outcome)}; ${now}`,
      };
    case 'superseded':
      return {
        word: 'SUPERSEDED',
        tone: 'bad',
        sentence: `${taskDefinition} was replaced by another deployment, ${outcome.by}${successorPart(outcome.successor)}, before it was live; ${now}`,
      };
    case 'failed':
      return {
        word: 'FAILED',
        tone: 'bad',
        sentence: `${taskDefinition} failed: ${clause(outcome.reason)}; ${now}`,
      };
    case 'in-progress':
      return {
        word: 'STILL GOING',
        tone: 'unsure',
        sentence: `${taskDefinition}: ${clause(outcome.reason)}. ECS goes on with it; ${now}`,
      };
    case 'cancelled':
      return { word: 'CANCELLED', tone: 'bad', sentence: `${clause(outcome.reason)}; ${now}` };
  }
}

/** ` (slipway-web:7 of 4f2c9e1, by mira)` */
function successorPart(successor: Successor | undefined): string {
  if (successor === undefined) return '';
  const { taskDefinition, gitSha, actor, runUrl } = successor;
  const commit = gitSha === undefined ? '' : ` of ${gitSha.slice(0, 7)}`;
  const who = [actor === undefined ? '' : `by ${actor}`, runUrl ?? ''].filter(Boolean).join(', ');
  return ` (${taskDefinition}${commit}${who === '' ? '' : `, ${who}`})`;
}

function drainedPart(outcome: Extract<Outcome, { kind: 'live' }>): string {
  if (outcome.drainedSeconds === undefined) return '; the old tasks are still draining';
  return outcome.drainedSeconds - outcome.servingSeconds < 1
    ? ''
    : `, the old tasks were gone after ${duration(outcome.drainedSeconds)}`;
}

function servingSentence(serving: readonly Serving[], mine: string): string {
  const [first, ...others] = serving;
  if (first === undefined) return 'no task of the service runs now';
  if (others.length === 0) {
    return `${first.taskDefinition === mine ? 'it' : first.taskDefinition} has ${plural(first.runningCount, 'running task')} now`;
  }
  return `running now: ${serving.map((each) => `${each.taskDefinition} (${plural(each.runningCount, 'task')})`).join(', ')}`;
}
