import type { Event } from '../events';
import { duration } from './style';

/** A stretch of time that one service spent on one thing. */
export interface Span {
  service: string | undefined;
  what: string;
  /** Seconds after the run's first event. */
  from: number;
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
  private startedAt: number | undefined;
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
    const since = this.now();
    this.startedAt ??= since;
    this.open.set(service ?? '', { what, since });
  }

  private end(service: string | undefined): void {
    const key = service ?? '';
    const current = this.open.get(key);
    if (current === undefined) return;
    this.open.delete(key);
    const { what, since } = current;
    this.spans.push({
      service,
      what,
      from: (since - (this.startedAt ?? since)) / 1000,
      seconds: (this.now() - since) / 1000,
    });
  }
}

/**
 * A Gantt chart for GitHub, which draws Mermaid. https://mermaid.js.org/syntax/gantt.html
 * Empty where next to no time passed.
 */
export function timelineDiagram(spans: readonly Span[]): string {
  const shown = worthShowing(spans);
  if (shown.length === 0) return '';
  const end = Math.max(...shown.map(({ from, seconds }) => from + seconds));
  const lines: string[] = [];
  let section: string | undefined;
  for (const { service = 'all services', what, from, seconds } of shown) {
    if (service !== section && shown.some((one) => one.service !== undefined))
      lines.push(`    section ${plain(service)}`);
    section = service;
    const [start, stop] = [from, from + seconds].map((at) => Math.round(at * 1000));
    lines.push(`    ${plain(`${what} (${duration(seconds)})`)} :${start}, ${stop}`);
  }
  // Milliseconds since 1970, of which only the time of day is shown.
  const axis = end < 3600 ? '%M:%S' : '%H:%M:%S';
  return ['```mermaid', 'gantt', '    dateFormat x', `    axisFormat ${axis}`, ...lines, '```'].join('\n');
}

/** What would end a task's name in a diagram, or begin a comment. */
const plain = (text: string) => text.replace(/[:;#%\r\n]+/g, ' ');

/** Without what took next to nothing. */
function worthShowing(spans: readonly Span[]): readonly Span[] {
  const longest = Math.max(0, ...spans.map(({ seconds }) => seconds));
  return longest === 0 ? [] : spans.filter(({ seconds }) => seconds >= longest / 100);
}

const BAR = 20;

/** A Markdown table with a bar for each; what took next to nothing is left out. */
export function timelineTable(spans: readonly Span[]): string {
  const longest = Math.max(0, ...spans.map(({ seconds }) => seconds));
  const shown = worthShowing(spans);
  if (shown.length === 0) return '';
  const rows = shown.map(({ service, what, seconds }) => {
    const bar = '█'.repeat(Math.max(1, Math.round((seconds / longest) * BAR)));
    return `| ${service === undefined ? what : `${service}: ${what}`} | ${duration(seconds)} | ${bar} |`;
  });
  return ['| where the time went | | |', '|---|--:|---|', ...rows].join('\n');
}
