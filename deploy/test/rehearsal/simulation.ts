import type * as ecs from '@aws-sdk/client-ecs';
import { ecsOperations } from '../../rehearsal/api/ecs';
import type { Message } from '../../rehearsal/api/operation';
import { ControlPlane } from '../../rehearsal/control-plane/control-plane';
import type { ControlPlaneSettings } from '../../rehearsal/control-plane/settings';
import { SimulatedRuntime, type Behaviour } from '../../rehearsal/runtime/simulated';
import { SimulatedSurroundings } from '../../rehearsal/surroundings/simulated';
import { VirtualClock } from '../../rehearsal/virtual-clock';

export const targetGroupArn =
  'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef';
export const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/web';

/** What the wire holds of a type of the SDK: instants are numbers, and a test reads what it expects to be there. */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Element)[]
    ? WireList<Element>
    : T extends object
      ? { [Name in keyof T]-?: Wire<NonNullable<T[Name]>> }
      : T;
type WireList<Element> = Wire<Element>[] & { 0: Wire<Element>; 1: Wire<Element>; 2: Wire<Element> };

interface Answers {
  ContinueServiceDeployment: ecs.ContinueServiceDeploymentResponse;
  CreateCluster: ecs.CreateClusterResponse;
  CreateService: ecs.CreateServiceResponse;
  DeleteCluster: ecs.DeleteClusterResponse;
  DeregisterContainerInstance: ecs.DeregisterContainerInstanceResponse;
  DeleteAttributes: ecs.DeleteAttributesResponse;
  DescribeContainerInstances: ecs.DescribeContainerInstancesResponse;
  ListAttributes: ecs.ListAttributesResponse;
  ListContainerInstances: ecs.ListContainerInstancesResponse;
  PutAttributes: ecs.PutAttributesResponse;
  RegisterContainerInstance: ecs.RegisterContainerInstanceResponse;
  StartTask: ecs.StartTaskResponse;
  UpdateContainerInstancesState: ecs.UpdateContainerInstancesStateResponse;
  CreateCapacityProvider: ecs.CreateCapacityProviderResponse;
  DeleteService: ecs.DeleteServiceResponse;
  DeleteTaskDefinitions: ecs.DeleteTaskDefinitionsResponse;
  DeregisterTaskDefinition: { taskDefinition: ecs.TaskDefinition & { previousStatus: string } };
  DescribeClusters: ecs.DescribeClustersResponse;
  DescribeServiceDeployments: ecs.DescribeServiceDeploymentsResponse;
  DescribeServiceRevisions: ecs.DescribeServiceRevisionsResponse;
  DescribeServices: ecs.DescribeServicesResponse;
  DescribeTaskDefinition: ecs.DescribeTaskDefinitionResponse;
  DescribeTasks: ecs.DescribeTasksResponse;
  ListAccountSettings: ecs.ListAccountSettingsResponse;
  ListServiceDeployments: ecs.ListServiceDeploymentsResponse;
  ListServices: ecs.ListServicesResponse;
  ListTagsForResource: ecs.ListTagsForResourceResponse;
  ListTaskDefinitionFamilies: ecs.ListTaskDefinitionFamiliesResponse;
  ListTaskDefinitions: ecs.ListTaskDefinitionsResponse;
  ListTasks: ecs.ListTasksResponse;
  PutAccountSettingDefault: ecs.PutAccountSettingDefaultResponse;
  PutClusterCapacityProviders: ecs.PutClusterCapacityProvidersResponse;
  RegisterTaskDefinition: ecs.RegisterTaskDefinitionResponse;
  RunTask: ecs.RunTaskResponse;
  StopServiceDeployment: ecs.StopServiceDeploymentResponse;
  StopTask: ecs.StopTaskResponse;
  TagResource: ecs.TagResourceResponse;
  UntagResource: ecs.UntagResourceResponse;
  UpdateService: ecs.UpdateServiceResponse;
  UpdateTaskProtection: ecs.UpdateTaskProtectionResponse;
}

export interface Simulation {
  clock: VirtualClock;
  plane: ControlPlane;
  runtime: SimulatedRuntime;
  surroundings: SimulatedSurroundings;
  call<Name extends keyof Answers>(operation: Name, input?: object): Wire<Answers[Name]>;
  /** Pushes an image and registers a revision of family `web` that runs it; answers its `family:revision`. */
  release(tag: string, behaviour?: Behaviour, container?: object): string;
  service(name?: string): Wire<ecs.Service>;
  tasks(status?: 'RUNNING' | 'STOPPED'): WireList<ecs.Task>;
  /** Events of a service, oldest first, without `(service NAME)`; with seconds since the start. */
  events(name?: string): { at: number; text: string }[];
}

export function simulate(
  options: { settings?: Partial<ControlPlaneSettings>; seed?: number } = {},
): Simulation {
  const clock = new VirtualClock();
  const start = clock.now();
  const runtime = new SimulatedRuntime(clock);
  const surroundings = new SimulatedSurroundings(clock, runtime);
  const plane = new ControlPlane({
    clock,
    runtime,
    surroundings,
    accountId: '123456789012',
    region: 'us-east-1',
    ...options,
  });
  const operations = ecsOperations(plane);
  const call = <Name extends keyof Answers>(operation: Name, input: object = {}): Wire<Answers[Name]> => {
    const perform = operations[operation];
    if (perform === undefined) throw new Error(`no operation ${operation}`);
    // As over the wire: nothing but JSON goes in or out.
    return JSON.parse(JSON.stringify(perform(JSON.parse(JSON.stringify(input)) as Message))) as Wire<
      Answers[Name]
    >;
  };
  surroundings.addTargetGroup({ arn: targetGroupArn });
  call('CreateCluster', { clusterName: 'main' });
  return {
    clock,
    plane,
    runtime,
    surroundings,
    call,
    release(tag, behaviour = {}, container = {}) {
      surroundings.push(repository, tag, behaviour);
      const { taskDefinition } = call('RegisterTaskDefinition', {
        family: 'web',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
        containerDefinitions: [
          { name: 'web', image: `${repository}:${tag}`, portMappings: [{ containerPort: 80 }], ...container },
        ],
      });
      return `web:${taskDefinition.revision}`;
    },
    service: (name = 'web') => call('DescribeServices', { cluster: 'main', services: [name] }).services[0],
    tasks(status = 'RUNNING') {
      const { taskArns } = call('ListTasks', { cluster: 'main', desiredStatus: status });
      return call('DescribeTasks', { cluster: 'main', tasks: taskArns.length === 0 ? ['none'] : taskArns })
        .tasks;
    },
    events(name = 'web') {
      const { events } = call('DescribeServices', { cluster: 'main', services: [name] }).services[0];
      return events
        .map((event) => ({
          at: event.createdAt - start / 1000,
          text: event.message.replace(/^\(service [^)]*\) /, ''),
        }))
        .reverse();
    },
  };
}

export const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'] } };
export const loadBalancers = [{ targetGroupArn, containerName: 'web', containerPort: 80 }];

export function createService(simulation: Simulation, input: object): Wire<ecs.Service> {
  return simulation.call('CreateService', {
    cluster: 'main',
    serviceName: 'web',
    launchType: 'FARGATE',
    networkConfiguration,
    ...input,
  }).service;
}

/** Lets time pass until the service has one deployment, COMPLETED, and all its tasks run. */
export function untilSteady(simulation: Simulation, name = 'web', limit = 3_600_000): void {
  const service = simulation.plane.clusters.get('main')?.services.get(name);
  const done = simulation.clock.runUntil(
    () => service?.steadySince !== undefined && service.deployments.length === 1,
    simulation.clock.now() + limit,
  );
  if (!done) throw new Error(`${name} is not steady: ${JSON.stringify(simulation.events(name), null, 1)}`);
}

/** A text of this form, for use within `toMatchObject`. */
export const matching = (pattern: RegExp | string): unknown => expect.stringMatching(pattern);
