import type { ControlPlaneSettings } from '../settings';
import type { Clock } from '../../clock';
import type { Identifiers } from '../identifiers';
import type { Service } from './service';

/** Writes the events of services: at most 100 each, newest first. */
export class EventLog {
  constructor(
    private readonly clock: Clock,
    private readonly ids: Identifiers,
    private readonly settings: ControlPlaneSettings,
  ) {}

  /** @param text without the `(service NAME)` that starts it. */
  add(service: Service, text: string): void {
    this.write(service, `(service ${service.name}) ${text}`);
  }

  draining(service: Service, deploymentId: string, tasks: number): void {
    this.write(
      service,
      `(service ${service.name}, taskSet ${deploymentId}) has begun draining connections on ${tasks} tasks.`,
    );
  }

  /** As `add`, but not again until `resolve` or for six hours. */
  addOnce(service: Service, text: string): void {
    const last = service.repeated.get(text);
    const now = this.clock.now();
    if (last !== undefined && now - last < this.settings.steadyRepeat) return;
    service.repeated.set(text, now);
    this.add(service, text);
  }

  /** What was held back may be said again: all of it, or the texts that start so. */
  resolve(service: Service, start: string = ''): void {
    for (const text of service.repeated.keys()) if (text.startsWith(start)) service.repeated.delete(text);
  }

  private write(service: Service, message: string): void {
    service.events.unshift({ id: this.ids.uuid(), createdAt: this.clock.now(), message });
    if (service.events.length > this.settings.eventLimit) service.events.length = this.settings.eventLimit;
  }
}
