import type {
  RunTaskCommandInput,
  Service,
  ServiceVolumeConfiguration,
  Tag,
  TaskVolumeConfiguration,
} from '@aws-sdk/client-ecs';
import type { JsonObject } from '../definition/definitions';

/** Where and how a task runs: what a one-off task takes over from its service. */
export type Placement = Pick<
  RunTaskCommandInput,
  | 'networkConfiguration'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'placementConstraints'
  | 'placementStrategy'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'propagateTags'
  | 'volumeConfigurations'
> & { tags: readonly Tag[] };

/** The members of a service, as ECS describes it or as a definition writes it, that count here. */
type Placed = Pick<
  Service,
  | 'networkConfiguration'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'placementConstraints'
  | 'placementStrategy'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'propagateTags'
  | 'tags'
  | 'deployments'
> & { volumeConfigurations?: ServiceVolumeConfiguration[] };

/**
 * The placement of a service. What a definition says comes before what runs, so that a step of a deploy runs where the
 * release will.
 *
 * @param live as DescribeServices gives it, with its tags; undefined where the service does not exist.
 * @param definition what the service is to become.
 */
export function placementOf(live: Service | undefined, definition?: JsonObject): Placement {
  const wanted = (definition ?? {}) as unknown as Placed;
  const capacity =
    wanted.launchType !== undefined || wanted.capacityProviderStrategy?.length ? wanted : (live ?? wanted);
  const strategy = capacity.capacityProviderStrategy?.length ? capacity.capacityProviderStrategy : undefined;
  const before = live as Placed | undefined;
  const pick = <Name extends keyof Placed>(name: Name) => wanted[name] ?? before?.[name];
  const propagates = pick('propagateTags');
  const placement: Record<string, unknown> = {
    networkConfiguration: pick('networkConfiguration'),
    // ECS takes one of the two.
    launchType: strategy === undefined ? capacity.launchType : undefined,
    capacityProviderStrategy: strategy,
    platformVersion: pick('platformVersion'),
    placementConstraints: pick('placementConstraints'),
    placementStrategy: pick('placementStrategy'),
    enableECSManagedTags: pick('enableECSManagedTags'),
    enableExecuteCommand: pick('enableExecuteCommand'),
    // A task that no service owns can only get the tags of its definition; the service's are sent along.
    propagateTags: propagates === 'TASK_DEFINITION' ? propagates : undefined,
    volumeConfigurations: volumes(wanted.volumeConfigurations ?? primaryVolumes(live)),
  };
  const given = Object.entries(placement).filter(([, value]) => value !== undefined && !isEmptyList(value));
  const tags = propagates === 'SERVICE' ? (pick('tags') ?? []) : [];
  return { ...(Object.fromEntries(given) as Omit<Placement, 'tags'>), tags };
}

/** ECS describes them with the deployment, not with the service. */
function primaryVolumes(live: Service | undefined): ServiceVolumeConfiguration[] | undefined {
  return live?.deployments?.find(({ status }) => status === 'PRIMARY')?.volumeConfigurations;
}

function volumes(
  configurations: readonly ServiceVolumeConfiguration[] | undefined,
): TaskVolumeConfiguration[] | undefined {
  return configurations?.map(({ name, managedEBSVolume }) => ({
    name,
    ...(managedEBSVolume === undefined
      ? {}
      : {
          managedEBSVolume: {
            ...managedEBSVolume,
            roleArn: managedEBSVolume.roleArn,
            terminationPolicy: { deleteOnTermination: true },
          },
        }),
  }));
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;
