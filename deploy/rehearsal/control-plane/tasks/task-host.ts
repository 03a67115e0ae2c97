import type { Clock } from '../../clock';
import type { Runtime } from '../../runtime/runtime';
import type { Surroundings } from '../../surroundings/surroundings';
import type { Identifiers } from '../identifiers';
import type { ControlPlaneSettings } from '../settings';
import type { Task } from './task';

/** What changed of a task, for whoever watches over it. */
export type TaskChange = 'status' | 'running' | 'health' | 'launch-failed' | 'exited' | 'stopped';

/** What running a task needs of the control plane. */
export interface TaskHost {
  readonly clock: Clock;
  readonly runtime: Runtime;
  readonly surroundings: Surroundings;
  readonly settings: ControlPlaneSettings;
  readonly ids: Identifiers;
  readonly region: string;
  readonly accountId: string;
  changed(task: Task, change: TaskChange): void;
}
