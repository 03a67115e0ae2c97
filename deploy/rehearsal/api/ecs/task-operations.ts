import type {
  DescribeTasksRequest,
  ExecuteCommandRequest,
  GetTaskProtectionRequest,
  ListTasksRequest,
  RunTaskRequest,
  StartTaskRequest,
  StopTaskRequest,
  UpdateTaskProtectionRequest,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../control-plane/arns';
import type { Cluster } from '../../control-plane/cluster';
import { findCluster } from '../../control-plane/clusters';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import { findService } from '../../control-plane/services/find-service';
import { executeCommand } from '../../control-plane/tasks/execute-command';
import { runTask, startTask } from '../../control-plane/tasks/run-task';
import type { Task } from '../../control-plane/tasks/task';
import type { Message } from '../operation';
import { checkInclude } from './include';
import type { Pagination } from './pagination';
import { presentTask } from './present-task';
import { present, wireTime } from './wire-values';

const mostDescribed = 100;
const mostProtected = 10;
const protection = { default: 120, most: 2880 };

export function taskOperations(plane: ControlPlane, pagination: Pagination) {
  return {
    RunTask(request: RunTaskRequest): Message {
      const { tasks, failures } = runTask(plane, request);
      return { tasks: tasks.map((task) => presentTask(plane, task, true)), failures };
    },

    StartTask(request: StartTaskRequest): Message {
      const { tasks, failures } = startTask(plane, request);
      return { tasks: tasks.map((task) => presentTask(plane, task, true)), failures };
    },

    StopTask(request: StopTaskRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const task = cluster.tasks.get(nameOf(request.task ?? ''));
      if (task === undefined) throw errors.taskNotFound();
      plane.launcher.stop(task, 'UserInitiated', request.reason ?? plane.settings.stopTaskDefaultReason);
      return { task: presentTask(plane, task, false) };
    },

    DescribeTasks(request: DescribeTasksRequest): Message {
      checkInclude(request.include, ['TAGS']);
      const cluster = findCluster(plane, request.cluster);
      const asked = [...new Set(request.tasks ?? [])];
      if (asked.length === 0) throw errors.invalidParameter('Tasks cannot be empty.');
      if (asked.length > mostDescribed) {
        throw errors.invalidParameter(`Tasks cannot have more than ${mostDescribed} elements`);
      }
      const tasks: Message[] = [];
      const failures: Message[] = [];
      for (const reference of asked) {
        const task = cluster.tasks.get(nameOf(reference));
        if (task === undefined) failures.push(missing(plane, cluster, reference));
        else tasks.push(presentTask(plane, task, request.include?.includes('TAGS') === true));
      }
      return { tasks, failures };
    },

    ListTasks(request: ListTasksRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const wanted = tasksToList(plane, cluster, request);
      const { items, nextToken } = pagination.page(request, { default: 100, most: 100 }, () =>
        wanted().map((task) => task.arn),
      );
      return { taskArns: items, nextToken };
    },

    UpdateTaskProtection(request: UpdateTaskProtectionRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const minutes = request.expiresInMinutes ?? protection.default;
      if (minutes < 1 || minutes > protection.most) {
        throw errors.invalidParameter(`expiresInMinutes must be between 1 and ${protection.most}`);
      }
      const until = request.protectionEnabled === true ? plane.clock.now() + minutes * 60_000 : undefined;
      return protectionAnswer(plane, cluster, request.tasks ?? [], (task) => {
        task.protectedUntil = until;
        if (task.service !== undefined) plane.serviceLoop.notice(task.service);
      });
    },

    GetTaskProtection(request: GetTaskProtectionRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      return protectionAnswer(plane, cluster, request.tasks ?? [], () => undefined);
    },

    ExecuteCommand(request: ExecuteCommandRequest): Message {
      const { task, container, session } = executeCommand(plane, request);
      return {
        clusterArn: plane.arns.cluster(task.clusterName),
        containerArn: container.arn,
        containerName: container.name,
        interactive: true,
        session,
        taskArn: task.arn,
      };
    },
  };
}

function missing(plane: ControlPlane, cluster: Cluster, reference: string): Message {
  return { arn: plane.arns.task(cluster.name, nameOf(reference)), reason: 'MISSING' };
}

/** Which tasks a ListTasks asks for, found when the first page is. The service must exist even if later pages are read. */
function tasksToList(plane: ControlPlane, cluster: Cluster, request: ListTasksRequest): () => Task[] {
  const service =
    request.serviceName === undefined ? undefined : findService(plane, request.cluster, request.serviceName);
  checkFilters(request);
  const status = request.desiredStatus ?? 'RUNNING';
  const listed = new Set(service?.deployments.map(({ id }) => id));
  const hides = plane.settings.hideStoppedTasksOfVanishedDeployments;
  return () => {
    const found: Task[] = [];
    for (const task of cluster.tasks.values()) {
      if (task.desiredStatus !== status) continue;
      if (service !== undefined) {
        if (task.service !== service) continue;
        if (hides && status === 'STOPPED' && !listed.has(task.deploymentId ?? '')) continue;
      }
      if (request.family !== undefined && task.taskDefinition.family !== request.family) continue;
      if (request.startedBy !== undefined && task.startedBy !== request.startedBy) continue;
      if (request.launchType !== undefined && task.launchType !== request.launchType) continue;
      if (
        request.containerInstance !== undefined &&
        task.instance?.id !== nameOf(request.containerInstance)
      ) {
        continue;
      }
      found.push(task);
    }
    return found;
  };
}

/** Source: ListTasks, ECS API reference; AWS's texts are not known. */
function checkFilters(request: ListTasksRequest): void {
  const { family, serviceName, startedBy, containerInstance } = request;
  if (startedBy !== undefined && (family ?? serviceName ?? containerInstance) !== undefined) {
    throw errors.invalidParameter(
      'startedBy cannot be combined with another filter. Specify startedBy alone and try again.',
    );
  }
  if (family !== undefined && serviceName !== undefined) {
    throw errors.invalidParameter('Specify either family or serviceName, not both.');
  }
}

function protectionAnswer(
  plane: ControlPlane,
  cluster: Cluster,
  references: readonly string[],
  change: (task: Task) => void,
): Message {
  if (references.length > mostProtected) {
    throw errors.invalidParameter(`Tasks cannot have more than ${mostProtected} elements`);
  }
  const protectedTasks: Message[] = [];
  const failures: Message[] = [];
  for (const reference of references) {
    const task = cluster.tasks.get(nameOf(reference));
    if (task === undefined) {
      failures.push(missing(plane, cluster, reference));
      continue;
    }
    if (task.service === undefined) {
      failures.push({ arn: task.arn, reason: 'TASK_NOT_VALID', detail: 'Task is not part of a service.' });
      continue;
    }
    change(task);
    const enabled = task.protectedUntil !== undefined && task.protectedUntil > plane.clock.now();
    protectedTasks.push(
      present({
        taskArn: task.arn,
        protectionEnabled: enabled,
        expirationDate: enabled ? wireTime(plane.clock, task.protectedUntil) : undefined,
      }),
    );
  }
  return { protectedTasks, failures };
}
