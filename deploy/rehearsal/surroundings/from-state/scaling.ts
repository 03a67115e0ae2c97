import { targetKey } from '../services/application-auto-scaling';
import { block, blocks, number, optionalText, text, type Attributes } from './attributes';
import type { Mapping, Mappings } from './mapping';

const place = (attributes: Attributes) => ({
  ServiceNamespace: text(attributes, 'service_namespace'),
  ResourceId: text(attributes, 'resource_id'),
  ScalableDimension: text(attributes, 'scalable_dimension'),
});

const target: Mapping = {
  put: (attributes, store, { now }) =>
    void store.scalableTargets.set(targetKey(place(attributes)), {
      ...place(attributes),
      MinCapacity: number(attributes, 'min_capacity', 0),
      MaxCapacity: number(attributes, 'max_capacity', 0),
      RoleARN: text(attributes, 'role_arn'),
      CreationTime: now / 1000,
      ScalableTargetARN: text(attributes, 'arn'),
    }),
  remove: (attributes, store) => void store.scalableTargets.delete(targetKey(place(attributes))),
};

const policyKey = (attributes: Attributes) => `${targetKey(place(attributes))} ${text(attributes, 'name')}`;

const policy: Mapping = {
  put(attributes, store, { now }) {
    const tracking = blocks(attributes, 'target_tracking_scaling_policy_configuration')[0];
    store.scalingPolicies.set(policyKey(attributes), {
      ...place(attributes),
      PolicyARN: text(attributes, 'arn'),
      PolicyName: text(attributes, 'name'),
      PolicyType: optionalText(attributes, 'policy_type') ?? 'StepScaling',
      TargetTrackingScalingPolicyConfiguration: tracking && {
        TargetValue: number(tracking, 'target_value', 0),
        PredefinedMetricSpecification: {
          PredefinedMetricType: text(
            block(tracking, 'predefined_metric_specification'),
            'predefined_metric_type',
          ),
        },
        ScaleOutCooldown: number(tracking, 'scale_out_cooldown', 0),
        ScaleInCooldown: number(tracking, 'scale_in_cooldown', 0),
        DisableScaleIn: tracking.disable_scale_in === true,
      },
      Alarms: [],
      CreationTime: now / 1000,
    });
  },
  remove: (attributes, store) => void store.scalingPolicies.delete(policyKey(attributes)),
};

export const scaling: Mappings = { aws_appautoscaling_target: target, aws_appautoscaling_policy: policy };
