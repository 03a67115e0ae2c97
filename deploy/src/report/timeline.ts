import type { Event } from '../events';
import { duration } from './style';

/** A stretch of time that one service spent on one thing. */
export interface Span {
  service: string | undefined;
  what: string;
  seconds: number;
}

const WORDS: Partial<Record<string, string>> = {
  outputs: 'reading outputs',
  render: 'rendering',
  plan: 'planning',
  step: 'release steps',
  register: 'registering',
  update: 'updating the service',
  watch: 'rollout, until it served',
  rollback: 'rolling back',
  explain: 'gathering evidence',
};

/** Where the time of a run went, from the moments at which its events came. */
export class Timeline {
  private readonly spans: Span[] = [];
  private readonly open = new Map<string, { what: string; since: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  take(event: Event): void {
    if (event.type === 'phase') this.begin(event.service, WORDS[event.phase] ?? event.phase);
    if (event.type === 'milestone' && event.milestone === 'serving')
      this.begin(event.service, 'draining the old tasks');
    if (event.type === 'deployment') this.end(event.service);
  }

  /** In the order in which they began; the same thing twice in a row counts as one. */
  finish(): readonly Span[] {
    for (const key of [...this.open.keys()]) this.end(key === '' ? undefined : key);
    return this.spans;
  }

  private begin(service: string | undefined, what: string): void {
    // What came before the services were told apart has ended too.
    if (service !== undefined) this.end(undefined);
    if (this.open.get(service ?? '')?.what === what) return;
    this.end(service);
    this.open.set(service ?? '', { what, since: this.now() });
  }

  private end(service: string | undefined): void {
    const key = service ?? '';
    const current = this.open.get(key);
    if (current === undefined) return;
    this.open.delete(key);
    this.spans.push({ service, what: current.what, seconds: (this.now() - current.since) / 1000 });
  }
}

const BAR = 20;

/** A Markdown table with a bar for each; what took next to nothing is left out. */
export function timelineTable(spans: readonly Span[]): string {
  const longest = Math.max(0, ...spans.map(({ seconds }) => seconds));
  const shown = spans.filter(({ seconds }) => seconds >= longest / 100);
  if (longest === 0) return '';
  const rows = shown.map(({ service, what, seconds }) => {
    const bar = '█'.repeat(Math.max(1, Math.round((seconds / longest) * BAR)));
    return `| ${service === undefined ? what : `${service}: ${what}`} | ${duration(seconds)} | ${bar} |`;
  });
  return ['| where the time went | | |', '|---|--:|---|', ...rows].join('\n');
}
