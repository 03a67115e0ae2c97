import { parseEcrImage } from '../../release/images';
import type { Check, Problem } from '../check';
import type { Container } from '../subject';
import { object, objects, texts, text } from '../values';

const logDrivers = ['awslogs', 'splunk', 'awsfirelens'];

/** What a container on Fargate cannot have, with what to do instead. */
const refused: readonly (readonly [path: readonly string[], hint: string])[] = [
  [['privileged'], 'Fargate has no privileged containers: take it out, or use EC2'],
  [['links'], 'containers of an awsvpc task reach each other on localhost'],
  [['dockerSecurityOptions'], 'take it out, or use EC2'],
  [['extraHosts'], 'take it out: network mode awsvpc has no extraHosts'],
  [['hostname'], 'take it out: network mode awsvpc has no hostname'],
  [['dnsServers'], 'take it out: network mode awsvpc has no dnsServers'],
  [['linuxParameters', 'devices'], 'take it out, or use EC2'],
  [['linuxParameters', 'sharedMemorySize'], 'take it out, or use EC2'],
  [['linuxParameters', 'tmpfs'], 'mount an empty volume in its place'],
  [['resourceRequirements'], 'Fargate has no GPUs: use EC2 or managed instances'],
];

/** Source: "Task definition differences for Fargate", ECS developer guide. */
export const fargate: Check = {
  name: 'fargate',
  summary: 'a task for Fargate has what Fargate wants, and nothing that it refuses',
  actions: [],
  run: ({ task, taskAt, service, serviceAt, containers, launch }) => {
    const problems: Problem[] = [];
    const error = (message: string, hint: string, position: Problem['position']) =>
      problems.push({ level: 'error', message, hint, position });
    const compatible = texts(task['requiresCompatibilities']);
    if (launch !== undefined && compatible.length > 0 && !compatible.includes(launch)) {
      const message = `the service starts its tasks on ${launch}, and requiresCompatibilities has only ${compatible.join(', ')}`;
      error(message, `add "${launch}" to "requiresCompatibilities"`, taskAt('requiresCompatibilities'));
    }
    if (launch !== 'FARGATE') return problems;

    const mode = text(task['networkMode']);
    if (mode !== 'awsvpc') {
      const message = `network mode ${mode ?? 'bridge'} does not exist on Fargate`;
      const hint = 'set "networkMode": "awsvpc"';
      if (mode !== undefined) error(message, hint, taskAt('networkMode'));
      else problems.push({ level: 'error', message, hint, position: taskAt('family'), absence: true });
    }
    if (task['pidMode'] === 'host')
      error('pidMode host does not exist on Fargate', '"task" does', taskAt('pidMode'));
    if (text(task['ipcMode']) !== undefined)
      error(`ipcMode ${text(task['ipcMode'])} does not exist on Fargate`, 'take it out', taskAt('ipcMode'));
    if (objects(task['placementConstraints']).length > 0)
      error('Fargate places tasks itself', 'take "placementConstraints" out', taskAt('placementConstraints'));
    for (const member of ['placementConstraints', 'placementStrategy'] as const) {
      if (objects(service?.[member]).length > 0)
        error('Fargate places tasks itself', `take "${member}" out`, serviceAt(member));
    }
    for (const { value, index } of objects(task['volumes'])) {
      if (text(object(value['host'])?.['sourcePath']) === undefined) continue;
      const at = taskAt('volumes', index, 'host', 'sourcePath');
      error(
        `volume "${text(value['name']) ?? index}" is a folder of the host`,
        'Fargate has none: use EFS or EBS',
        at,
      );
    }
    problems.push(...containers.flatMap(ofContainer));
    const reason = text(task['executionRoleArn']) === undefined ? needsExecutionRole(containers) : undefined;
    if (reason !== undefined) {
      const message = `the task has no execution role, and container ${reason.container.name} ${reason.why}`;
      const position = reason.container.at();
      problems.push({ level: 'error', message, hint: 'set "executionRoleArn"', position, absence: true });
    }
    return problems;
  },
};

function ofContainer({ name, value, at }: Container): Problem[] {
  const problems: Problem[] = [];
  const error = (message: string, hint: string, ...path: string[]) =>
    problems.push({ level: 'error', message: `container ${name}: ${message}`, hint, position: at(...path) });
  const log = object(value['logConfiguration']);
  const driver = text(log?.['logDriver']);
  if (driver !== undefined && !logDrivers.includes(driver)) {
    const message = `log driver ${driver} does not exist on Fargate`;
    error(message, `it has ${logDrivers.join(', ')}`, 'logConfiguration', 'logDriver');
  }
  const stop = value['stopTimeout'];
  if (typeof stop === 'number' && (stop < 2 || stop > 120))
    error(`stopTimeout of ${stop} s is out of range`, 'it goes from 2 to 120 s', 'stopTimeout');
  for (const [path, hint] of refused) {
    const [first = '', second] = path;
    const found = second === undefined ? value[first] : object(value[first])?.[second];
    const given = Array.isArray(found) ? found.length > 0 : Boolean(found);
    if (given) error(`${path.join('.')} does not exist on Fargate`, hint, ...path);
  }
  return problems;
}

/** Why ECS would refuse to register the task without an execution role. */
function needsExecutionRole(
  containers: readonly Container[],
): { container: Container; why: string } | undefined {
  for (const container of containers) {
    const { value } = container;
    const log = object(value['logConfiguration']);
    if (text(log?.['logDriver']) === 'awslogs') return { container, why: 'logs with awslogs' };
    if (parseEcrImage(text(value['image']) ?? '') !== undefined)
      return { container, why: 'is an image of ECR' };
    if (objects(value['secrets']).length > 0) return { container, why: 'has secrets' };
    if (value['repositoryCredentials'] !== undefined) return { container, why: 'has repositoryCredentials' };
    if (objects(value['environmentFiles']).length > 0) return { container, why: 'has environmentFiles' };
  }
  return undefined;
}
