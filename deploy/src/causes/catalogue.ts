import type { Cause, Evidence, Known } from './cause';
import { capacity } from './known/capacity';
import { interruptions, interventions, standstills } from './known/deployment';
import { health } from './known/health';
import { images, imageUnpullable } from './known/images';
import { network } from './known/network';
import { processes } from './known/process';
import { resources } from './known/resources';
import { secretCauses } from './known/secrets';

/** In the order in which they are asked: the first that fits is the cause. From what AWS says itself to guesses. */
export const knownCauses: readonly Known[] = [
  ...interventions,
  ...network,
  ...secretCauses,
  ...resources,
  ...images,
  imageUnpullable,
  ...processes,
  ...health,
  ...standstills,
  ...capacity,
  ...interruptions,
];

export interface Found extends Omit<Cause, 'fix'> {
  /** Undefined where no known cause fits. */
  known: string | undefined;
  fix: string | undefined;
}

/** The cause in a sentence; where none is known, what ECS said. */
export function causeOf(evidence: Evidence): Found {
  for (const known of knownCauses) {
    const cause = known.find(evidence);
    if (cause !== undefined) return { ...cause, known: known.name };
  }
  const group = evidence.stopped[0];
  const sentence =
    group === undefined
      ? (evidence.targetHealth[0] ?? evidence.reason)
      : [group.stopCode, group.stoppedReason].filter(Boolean).join(': ');
  return { sentence, fix: undefined, certainty: 'likely', known: undefined };
}
