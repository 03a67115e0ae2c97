import type { Cancel } from '../../clock';
import type { Image } from '../../images/image';
import { ContainerGroup } from './container-group';
import type { Prepared } from './container-runner';
import { environmentFilesOf, readEnvironmentFiles } from './environment-files';
import { resolveImage } from './image-reference';
import { imageNotFound, logFailure, resolveSecrets, roleNotAssumable } from './start-failures';
import { noFreeAddress, pullRateLimited, unreachableImage, unreachableResource } from './unreachable';
import type { StopCode, Task, TaskStatus } from './task';
import type { TaskHost } from './task-host';

/** Exit code of SIGKILL. */
const killed = 137;

/**
 * Takes one task through its life: PROVISIONING, PENDING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED.
 * Source: "Amazon ECS task lifecycle", developer guide.
 */
export class TaskRunner {
  private timer: Cancel | undefined;
  private group: ContainerGroup | undefined;
  private draining = false;
  private resumed = false;

  constructor(
    private readonly host: TaskHost,
    readonly task: Task,
  ) {}

  begin(): void {
    const { task, host } = this;
    // Only an interface of its own has to be provisioned.
    const provision = task.lastStatus === 'PROVISIONING' ? host.settings.provision : 0;
    this.later(provision, () => this.provisioned());
  }

  /** Goes on with a task of a state that was loaded, none of whose processes is left. */
  resume(): void {
    const { task } = this;
    if (task.desiredStatus === 'STOPPED') {
      for (const container of task.containers) {
        if (container.status === 'RUNNING') container.exitCode = killed;
      }
      if (task.executionStoppedAt === undefined) this.executionStopped();
      else this.deprovision();
      return;
    }
    task.health = 'UNKNOWN';
    for (const container of task.containers) {
      Object.assign(container, { status: 'PENDING', exitCode: undefined, reason: undefined });
      Object.assign(container, { health: undefined, startedAt: undefined, finishedAt: undefined });
    }
    if (task.lastStatus === 'RUNNING') {
      this.resumed = true;
      this.prepare((prepared) => this.startContainers(prepared));
      return;
    }
    task.lastStatus = hasOwnInterface(task) ? 'PROVISIONING' : 'PENDING';
    this.begin();
  }

  /** Ends the task for a reason of the caller. Without effect on one that is already ending. */
  stop(code: StopCode, reason: string): void {
    const { task, host } = this;
    if (task.desiredStatus === 'STOPPED') return;
    const wasRunning = task.lastStatus === 'RUNNING';
    this.intendStop(code, reason);
    if (this.group === undefined) {
      this.executionStopped();
      return;
    }
    if (!wasRunning) {
      this.stopContainers();
      return;
    }
    this.enter('DEACTIVATING');
    this.draining = true;
    if (task.targets !== 'registered') this.later(host.settings.deactivate, () => this.stopContainers());
  }

  /** The machine is gone: the task ends at once. */
  kill(code: StopCode, reason: string): void {
    const { task } = this;
    if (task.lastStatus === 'DEPROVISIONING' || task.lastStatus === 'STOPPED') return;
    if (task.desiredStatus === 'RUNNING') this.intendStop(code, reason);
    if (this.group === undefined) {
      this.executionStopped();
      return;
    }
    this.stopContainers();
    this.group.kill();
  }

  /** Spot capacity is taken back: SIGTERM at once, and whatever is left is killed when the warning is over. */
  interrupt(): void {
    const { task, host } = this;
    if (task.desiredStatus === 'STOPPED') return;
    this.intendStop('TerminationNotice', 'Your Spot Task was interrupted.');
    if (this.group === undefined) {
      this.executionStopped();
      return;
    }
    this.timer = host.clock.afterReal(host.settings.spotWarningSeconds * 1000, () => {
      this.stopContainers();
      this.group?.kill();
    });
    host.changed(task, 'status');
    this.group.stop();
  }

  /** The targets of a DEACTIVATING task have been deregistered: its containers stop once they have drained. */
  drain(delay: number): void {
    if (this.draining) this.later(delay, () => this.stopContainers());
  }

  /** The rehearsal ends: no timers any more. Processes are ended by the runtime. */
  abandon(): void {
    this.timer?.();
    this.group?.abandon();
  }

  private provisioned(): void {
    const { task, host } = this;
    const { settings } = host;
    task.connectivityAt = host.clock.now();
    this.enter('PENDING');
    const failure = this.resourceFailure();
    if (failure !== undefined) {
      this.later(failure.after, () => this.fail(failure.reason));
      return;
    }
    this.later(Math.max(0, settings.pullStart - settings.provision), () => this.pull());
  }

  private resourceFailure(): { reason: string; after: number } | undefined {
    const { task, host } = this;
    const { settings, surroundings } = host;
    const { subnetId } = task;
    if (subnetId !== undefined && hasOwnInterface(task) && surroundings.hasFreeAddress?.(subnetId) === false)
      return { reason: noFreeAddress(subnetId), after: 0 };
    const role = task.taskDefinition.body.executionRoleArn;
    const assumable =
      role === undefined || (surroundings.roleExists(role) && surroundings.roleTrustsTasks?.(role) !== false);
    if (!assumable) return { reason: roleNotAssumable(role), after: settings.secretFailure };
    const unreachable = unreachableResource(surroundings, task, host.region);
    if (unreachable !== undefined) return { reason: unreachable, after: settings.unreachableFailure };
    for (const container of task.taskDefinition.body.containerDefinitions ?? []) {
      const files = readEnvironmentFiles(surroundings, environmentFilesOf(task, container));
      if ('failure' in files) return { reason: files.failure, after: settings.secretFailure };
      const secrets = resolveSecrets(surroundings, container, this.caller());
      if ('failure' in secrets) return { reason: secrets.failure, after: settings.secretFailure };
      const logs = logFailure(surroundings, container);
      if (logs !== undefined) return { reason: logs, after: settings.logFailure };
    }
    return undefined;
  }

  private pull(): void {
    const { task, host } = this;
    task.pullStartedAt = host.clock.now();
    this.prepare((prepared) => {
      this.later(host.settings.pull, () => {
        task.pullStoppedAt = host.clock.now();
        this.later(host.settings.containerStart, () => this.startContainers(prepared));
      });
    });
  }

  /** Images and variables of all containers; where an image is missing the task fails. */
  private prepare(then: (prepared: ReadonlyMap<string, Prepared>) => void): void {
    const { task, host } = this;
    const prepared = new Map<string, Prepared>();
    for (const definition of task.taskDefinition.body.containerDefinitions ?? []) {
      const reference = definition.image ?? '';
      const image = resolveImage(
        host.surroundings,
        task,
        reference,
        definition.versionConsistency !== 'disabled',
      );
      const pulled = this.pulled(reference, image);
      if ('reason' in pulled) {
        this.later(pulled.after, () => this.fail(pulled.reason, definition.name));
        return;
      }
      const container = task.containers.find(({ name }) => name === definition.name);
      if (container !== undefined) container.imageDigest = pulled.digest;
      const secrets = resolveSecrets(host.surroundings, definition, this.caller());
      const files = readEnvironmentFiles(host.surroundings, environmentFilesOf(task, definition));
      prepared.set(definition.name ?? '', {
        image: pulled,
        fileVariables: 'values' in files ? files.values : {},
        secrets: 'values' in secrets ? secrets.values : {},
      });
    }
    then(prepared);
  }

  private pulled(reference: string, image: Image | undefined): Image | { reason: string; after: number } {
    const { task, host } = this;
    const { settings, surroundings } = host;
    const unreachable = unreachableImage(surroundings, task, reference, host.region);
    if (unreachable !== undefined) return { reason: unreachable, after: settings.unreachableFailure };
    const after = settings.imageFailure;
    if (surroundings.pullRefused?.(reference) === 'rate-limit')
      return { reason: pullRateLimited(reference), after };
    return image ?? { reason: imageNotFound(reference), after };
  }

  private startContainers(prepared: ReadonlyMap<string, Prepared>): void {
    const { task, host } = this;
    this.group = new ContainerGroup(host, task, prepared, {
      allStarted: () => {
        if (task.desiredStatus === 'STOPPED') return;
        // It has been RUNNING all the while.
        if (this.resumed) return;
        task.startedAt = host.clock.now();
        this.enter('RUNNING');
        host.changed(task, 'running');
      },
      healthChanged: () => host.changed(task, 'health'),
      essentialExited: () => this.essentialExited(),
      impossible: (reason) => this.cannotStart(reason),
      allStopped: () => this.executionStopped(),
    });
    this.group.start();
  }

  private essentialExited(): void {
    const { task, host } = this;
    if (task.desiredStatus === 'RUNNING') {
      const failed = task.containers.find(
        (container) => container.essential && container.startedAt === undefined && container.reason,
      );
      const hasRun = task.lastStatus === 'RUNNING';
      if (failed?.reason !== undefined && !hasRun) this.intendStop('TaskFailedToStart', failed.reason);
      else this.intendStop('EssentialContainerExited', 'Essential container in task exited');
      host.changed(task, hasRun ? 'exited' : 'launch-failed');
    }
    this.stopContainers();
  }

  private cannotStart(reason: string): void {
    if (this.task.desiredStatus === 'STOPPED') return;
    this.intendStop('TaskFailedToStart', reason);
    this.host.changed(this.task, 'launch-failed');
    this.stopContainers();
  }

  private fail(reason: string, containerName?: string): void {
    const { task, host } = this;
    this.intendStop('TaskFailedToStart', reason);
    const container = task.containers.find(({ name }) => name === containerName);
    if (container !== undefined) container.reason = reason;
    host.changed(task, 'launch-failed');
    this.executionStopped();
  }

  private intendStop(code: StopCode, reason: string): void {
    const { task, host } = this;
    this.timer?.();
    task.desiredStatus = 'STOPPED';
    task.version += 1;
    task.stopCode = code;
    task.stoppedReason = reason;
    task.stoppingAt = host.clock.now();
  }

  private stopContainers(): void {
    this.timer?.();
    this.draining = false;
    if (this.task.lastStatus !== 'STOPPING') this.enter('STOPPING');
    this.group?.stop();
  }

  private executionStopped(): void {
    const { task, host } = this;
    task.executionStoppedAt = host.clock.now();
    // What took it back has said so before.
    const isSpot = task.capacityProvider === 'FARGATE_SPOT';
    if (isSpot && task.stopCode === 'TerminationNotice') task.stopCode = 'SpotInterruption';
    for (const container of task.containers) container.status = 'STOPPED';
    this.enter('DEPROVISIONING');
    this.deprovision();
  }

  private deprovision(): void {
    const { task, host } = this;
    this.later(hasOwnInterface(task) ? host.settings.deprovision : 0, () => {
      task.stoppedAt = host.clock.now();
      host.runtime.releaseAddress(task.id);
      this.enter('STOPPED');
      host.changed(task, 'stopped');
    });
  }

  private enter(status: TaskStatus): void {
    const { task } = this;
    task.lastStatus = status;
    if (status === 'PENDING' || status === 'RUNNING' || status === 'STOPPED') task.version += 1;
    if (status !== 'RUNNING' && status !== 'STOPPED') this.host.changed(task, 'status');
  }

  private later(delay: number, run: () => void): void {
    this.timer?.();
    this.timer = this.host.clock.after(delay, run);
  }

  private caller(): string {
    const role = this.task.taskDefinition.body.executionRoleArn ?? '';
    return `arn:aws:sts::${this.host.accountId}:assumed-role/${role.split('/').at(-1) ?? ''}/${this.task.id}`;
  }
}

function hasOwnInterface(task: Task): boolean {
  return task.taskDefinition.body.networkMode === 'awsvpc';
}
