import type { DeploymentsResult, ServiceResult } from '../release/result';
import { deploymentLines } from './deployment-lines';
import { headline, type Headline } from './headline';
import { command, labelled, plural, wrap, type Style } from './style';

const TONES = { good: 'green', bad: 'red', unsure: 'yellow' } as const;

/** What became of one service of a release, in a word and a sentence. */
export function serviceHeadline({ deployment, back, error, notStarted }: ServiceResult): Headline {
  if (back !== undefined) {
    const { outcome } = back;
    if (outcome.kind === 'live' || outcome.kind === 'unchanged') {
      return { word: 'WENT BACK', tone: 'bad', sentence: `to ${outcome.release.taskDefinition}` };
    }
    const { word, sentence } = headline(back);
    return { word: `NOT BACK (${word})`, tone: 'bad', sentence };
  }
  if (error !== undefined)
    return { word: 'ERROR', tone: 'bad', sentence: `${error.message} [${error.code}]` };
  if (deployment === undefined) return { word: 'NOT TOUCHED', tone: 'unsure', sentence: notStarted ?? '' };
  return headline(deployment);
}

/** The release as a whole: its word is that of the service that decided it. */
export function releaseHeadline({ services, command, exitCode }: DeploymentsResult): Headline {
  const count = plural(services.length, 'service');
  const names = (wanted: (service: ServiceResult) => boolean) =>
    services.filter(wanted).map(({ place }) => place.service);
  if (exitCode === 0) {
    const kinds = new Set(services.map(({ deployment }) => deployment?.outcome.kind));
    if (kinds.size === 1 && kinds.has('unchanged'))
      return { word: 'UNCHANGED', tone: 'good', sentence: `${count} run this release already` };
    if (kinds.has('started'))
      return { word: 'STARTED', tone: 'good', sentence: `${count}; this run does not wait for all of them` };
    const done = command === 'rollback' ? 'are back' : 'are live';
    return { word: 'LIVE', tone: 'good', sentence: `${count} ${done}` };
  }
  const decisive = services.find((service) => exitCodeOfService(service) === exitCode);
  const { word, tone } =
    decisive === undefined
      ? { word: 'FAILED', tone: 'bad' as const }
      : serviceHeadline({ ...decisive, back: undefined });
  const back = names((service) => service.back !== undefined);
  const notStarted = names(({ notStarted: why }) => why !== undefined);
  const sentence = [
    `${decisive?.place.service ?? 'a service'} decided it`,
    back.length === 0 ? '' : `${back.join(', ')} went back with it`,
    notStarted.length === 0
      ? ''
      : `${notStarted.join(', ')} ${notStarted.length === 1 ? 'was' : 'were'} not started`,
  ].filter(Boolean);
  return { word, tone, sentence: sentence.join('; ') };
}

function exitCodeOfService({ deployment, error }: ServiceResult): number {
  return error?.exitCode ?? deployment?.exitCode ?? 0;
}

/** The last lines of a release of several services: the whole first, one line for each, then what went wrong in full. */
export function deploymentsLines(result: DeploymentsResult, style: Style): string[] {
  const { word, sentence, tone } = releaseHeadline(result);
  const [first = '', ...rest] = wrap(sentence, 2, `${word}  `);
  const lines = [style(['bold', TONES[tone]], word) + first.slice(word.length), ...rest];
  for (const service of result.services) {
    const own = serviceHeadline(service);
    const [head = '', ...more] = labelled(service.place.service, `${own.word}  ${own.sentence}`);
    lines.push(head.replace(own.word, style(TONES[own.tone], own.word)), ...more);
    if (service.error?.hint !== undefined) lines.push(...labelled('', service.error.hint));
    const { follow } = service.deployment ?? {};
    if (follow !== undefined) lines.push(command('follow', follow));
  }
  const failed = result.services.flatMap(({ deployment }) =>
    deployment !== undefined && 'explanation' in deployment.outcome ? [deployment] : [],
  );
  for (const deployment of failed) {
    const own = { ...deployment, goBack: undefined, exitCode: 0 as const };
    lines.push('', ...labelled('service', deployment.place.service), ...deploymentLines(own, style));
  }
  if (result.goBack !== undefined) lines.push(command('go back', result.goBack));
  if (result.exitCode !== 0) lines.push(...labelled('exit', String(result.exitCode)));
  return lines;
}
