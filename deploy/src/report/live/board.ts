import type { Event } from '../../events';
import type { Rollout, TaskState } from '../../release/task-states';

/** What is known of one service that is being deployed. */
export interface Section {
  service: string | undefined;
  startedAt: number;
  deployment: string;
  running: number;
  pending: number;
  desired: number;
  previousRunning: number;
  failed: number;
  tasks: readonly TaskState[];
  /** Tasks of this deployment that stopped, newest last. */
  failures: readonly Extract<Event, { type: 'task-stopped' }>[];
  rollout: Rollout | undefined;
  estimate: number | undefined;
  isServing: boolean;
  isRollingBack: boolean;
}

/** What the display shows, gathered from events: one section for each service that is watched now. */
export class Board {
  private readonly services = new Map<string, Section>();
  private readonly estimates = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  get sections(): readonly Section[] {
    return [...this.services.values()];
  }

  take(event: Event): void {
    const key = event.service ?? '';
    if (event.type === 'estimate') this.estimates.set(key, event.seconds);
    if (event.type === 'phase' && event.phase === 'watch' && !this.services.has(key))
      this.services.set(key, this.begin(event.service));
    if (event.type === 'deployment' || (event.type === 'phase' && event.phase === 'explain'))
      this.services.delete(key);
    const section = this.services.get(key);
    if (section !== undefined) Object.assign(section, changeOf(event, section));
  }

  private begin(service: string | undefined): Section {
    return {
      service,
      startedAt: this.now(),
      deployment: '',
      running: 0,
      pending: 0,
      desired: 0,
      previousRunning: 0,
      failed: 0,
      tasks: [],
      failures: [],
      rollout: undefined,
      estimate: this.estimates.get(service ?? ''),
      isServing: false,
      isRollingBack: false,
    };
  }
}

function changeOf(event: Event, section: Section): Partial<Section> {
  switch (event.type) {
    case 'progress': {
      const { deployment, running, pending, desired, previousRunning, failed } = event;
      return { deployment, running, pending, desired, previousRunning, failed };
    }
    case 'tasks':
      return { tasks: event.tasks, rollout: event.rollout };
    case 'task-stopped':
      return { failures: [...section.failures, event] };
    case 'milestone':
      return { isServing: true };
    case 'phase':
      return event.phase === 'rollback' ? { isRollingBack: true } : {};
    default:
      return {};
  }
}
