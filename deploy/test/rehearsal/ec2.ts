import type { NewInstance } from '../../rehearsal/control-plane/instances/instance';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import { createService, repository, type Simulation } from './simulation';

export const instanceGroupArn =
  'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/instances/0123456789abcdef';

/** Registers instances in cluster `main`; answers their ids. */
export function addInstances(simulation: Simulation, ...instances: NewInstance[]): string[] {
  return instances.map((instance) => simulation.plane.instances.add('main', instance).id);
}

/** A task definition for container instances: bridge mode, a free host port, 256 CPU units and 512 MiB. */
export function ec2Release(
  simulation: Simulation,
  tag: string,
  behaviour: Behaviour = {},
  change: { body?: object; container?: object; family?: string } = {},
): string {
  const { family = 'web', body = {}, container = {} } = change;
  simulation.surroundings.push(repository, tag, behaviour);
  const { taskDefinition } = simulation.call('RegisterTaskDefinition', {
    family,
    networkMode: 'bridge',
    containerDefinitions: [
      {
        name: 'web',
        image: `${repository}:${tag}`,
        cpu: 256,
        memory: 512,
        portMappings: [{ containerPort: 80 }],
        ...container,
      },
    ],
    ...body,
  });
  return `${family}:${taskDefinition.revision}`;
}

/** A service on container instances. */
export const ec2Service = (simulation: Simulation, input: object) =>
  createService(simulation, { launchType: 'EC2', networkConfiguration: undefined, ...input });

/** How many tasks that are to run each instance has, by id. */
export function spreadOf(simulation: Simulation, ids: readonly string[]): number[] {
  const tasks = simulation.tasks();
  return ids.map((id) => tasks.filter((task) => task.containerInstanceArn.endsWith(id)).length);
}

/** Texts of the service's events, oldest first. */
export const texts = (simulation: Simulation, name = 'web') =>
  simulation.events(name).map(({ text }) => text);
