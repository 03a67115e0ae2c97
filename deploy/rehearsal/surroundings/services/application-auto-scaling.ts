import { createHash } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { Store, WireTable } from '../store';
import { numberOr, page, sortedBy } from './page';

/** Whether the ECS service of `service/CLUSTER/NAME` is there and ACTIVE. */
export type ServiceExists = (cluster: string, service: string) => boolean;

/** Application Auto Scaling: what is registered can be read and changed. Nothing scales by it: no metric moves here. */
export function applicationAutoScaling(
  store: Store,
  now: () => number,
  serviceExists: ServiceExists,
): ServiceOperations {
  const identity = (input: Message) => ({
    ServiceNamespace: requiredString(input, 'ServiceNamespace'),
    ResourceId: requiredString(input, 'ResourceId'),
    ScalableDimension: requiredString(input, 'ScalableDimension'),
  });
  const target = (input: Message) => {
    const found = store.scalableTargets.get(targetKey(identity(input)));
    if (found !== undefined) return found;
    throw notFound(`No scalable target registered for ${describe(identity(input))}`);
  };
  const remove = (table: WireTable, nameMember: string, what: string) => (input: Message) => {
    const key = `${targetKey(identity(input))} ${requiredString(input, nameMember)}`;
    if (!table.delete(key)) throw notFound(`No ${what} found for ${describe(identity(input))}`);
    return {};
  };
  const read = (table: WireTable, answer: string, names: string) => (input: Message) => {
    const namespace = requiredString(input, 'ServiceNamespace');
    const wanted = list(input, names);
    const found = [...table].filter(
      ([, entry]) =>
        entry.ServiceNamespace === namespace &&
        (input.ResourceId === undefined || entry.ResourceId === input.ResourceId) &&
        (input.ScalableDimension === undefined || entry.ScalableDimension === input.ScalableDimension) &&
        (wanted.length === 0 || wanted.includes(String(entry[names.replace(/s$/, '')]))),
    );
    const size = numberOr(input.MaxResults, 50, { max: 50 });
    const sorted = sortedBy(found, ([key]) => key);
    const { entries, next } = page(
      sorted,
      ([key]) => key,
      size,
      input.NextToken,
      'InvalidNextTokenException',
    );
    return { [answer]: entries.map(([, entry]) => entry), NextToken: next };
  };
  return {
    RegisterScalableTarget: (input) => {
      const place = identity(input);
      const before = store.scalableTargets.get(targetKey(place));
      const [, cluster, service] = /^service\/([^/]+)\/(.+)$/.exec(place.ResourceId) ?? [];
      if (place.ServiceNamespace === 'ecs' && (cluster === undefined || service === undefined)) {
        throw new ApiError(
          'ValidationException',
          `Unsupported service namespace, resource type or scalable dimension`,
        );
      }
      if (
        before === undefined &&
        place.ServiceNamespace === 'ecs' &&
        !serviceExists(cluster ?? '', service ?? '')
      ) {
        throw new ApiError('ValidationException', `ECS service doesn't exist: ${place.ResourceId}`);
      }
      const id = createHash('sha256').update(targetKey(place)).digest('hex').slice(0, 22);
      const arn = store.arn('application-autoscaling', `scalable-target/${id}`);
      const MinCapacity = Number(input.MinCapacity ?? before?.MinCapacity ?? 0);
      const MaxCapacity = Number(input.MaxCapacity ?? before?.MaxCapacity ?? 0);
      if (MinCapacity > MaxCapacity) {
        throw new ApiError('ValidationException', 'Maximum capacity cannot be less than minimum capacity');
      }
      store.scalableTargets.set(targetKey(place), {
        ...place,
        MinCapacity,
        MaxCapacity,
        RoleARN: input.RoleARN ?? before?.RoleARN ?? roleArn(store),
        CreationTime: before?.CreationTime ?? now() / 1000,
        SuspendedState: input.SuspendedState ??
          before?.SuspendedState ?? {
            DynamicScalingInSuspended: false,
            DynamicScalingOutSuspended: false,
            ScheduledScalingSuspended: false,
          },
        ScalableTargetARN: arn,
      });
      store.tags.add(arn, input.Tags);
      return { ScalableTargetARN: arn };
    },

    DescribeScalableTargets: (input) => read(store.scalableTargets, 'ScalableTargets', 'ResourceIds')(input),

    DeregisterScalableTarget: (input) => {
      const found = target(input);
      const key = targetKey(identity(input));
      for (const table of [store.scalingPolicies, store.scheduledActions]) {
        for (const name of table.keys()) if (name.startsWith(`${key} `)) table.delete(name);
      }
      store.scalableTargets.delete(key);
      store.tags.drop(String(found.ScalableTargetARN));
      return {};
    },

    PutScalingPolicy: (input) => {
      target(input);
      const place = identity(input);
      const PolicyName = requiredString(input, 'PolicyName');
      const key = `${targetKey(place)} ${PolicyName}`;
      const before = store.scalingPolicies.get(key);
      const id = uuidFrom(key);
      const PolicyARN = store.arn(
        'autoscaling',
        `scalingPolicy:${id}:resource/${place.ServiceNamespace}/${place.ResourceId}:policyName/${PolicyName}`,
      );
      store.scalingPolicies.set(key, {
        ...place,
        PolicyARN,
        PolicyName,
        PolicyType: optionalString(input, 'PolicyType') ?? 'StepScaling',
        StepScalingPolicyConfiguration: input.StepScalingPolicyConfiguration,
        TargetTrackingScalingPolicyConfiguration: input.TargetTrackingScalingPolicyConfiguration,
        Alarms: [],
        CreationTime: before?.CreationTime ?? now() / 1000,
      });
      return { PolicyARN, Alarms: [] };
    },

    DescribeScalingPolicies: read(store.scalingPolicies, 'ScalingPolicies', 'PolicyNames'),
    DeleteScalingPolicy: remove(store.scalingPolicies, 'PolicyName', 'scaling policy'),

    PutScheduledAction: (input) => {
      target(input);
      const place = identity(input);
      const name = requiredString(input, 'ScheduledActionName');
      const key = `${targetKey(place)} ${name}`;
      const arn = store.arn(
        'autoscaling',
        `scheduledAction:${uuidFrom(key)}:resource/${place.ResourceId}:scheduledActionName/${name}`,
      );
      store.scheduledActions.set(key, {
        ...input,
        ScheduledActionARN: arn,
        CreationTime: store.scheduledActions.get(key)?.CreationTime ?? now() / 1000,
      });
      return {};
    },

    DescribeScheduledActions: read(store.scheduledActions, 'ScheduledActions', 'ScheduledActionNames'),
    DeleteScheduledAction: remove(store.scheduledActions, 'ScheduledActionName', 'scheduled action'),

    DescribeScalingActivities: () => ({ ScalingActivities: [] }),

    ListTagsForResource: (input) => ({ Tags: store.tags.of(requiredString(input, 'ResourceARN')) }),

    TagResource: (input) => {
      store.tags.add(requiredString(input, 'ResourceARN'), input.Tags);
      return {};
    },

    UntagResource: (input) => {
      store.tags.remove(requiredString(input, 'ResourceARN'), list(input, 'TagKeys'));
      return {};
    },
  };
}

interface Place {
  ServiceNamespace: string;
  ResourceId: string;
  ScalableDimension: string;
}

/** Key of a scalable target in the store. */
export function targetKey({ ServiceNamespace, ResourceId, ScalableDimension }: Place): string {
  return `${ServiceNamespace} ${ResourceId} ${ScalableDimension}`;
}

const describe = ({ ServiceNamespace, ResourceId, ScalableDimension }: Place) =>
  `service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`;

const notFound = (message: string) => new ApiError('ObjectNotFoundException', message);

const roleArn = (store: Store) =>
  store.arn(
    'iam',
    'role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
  );

function uuidFrom(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
