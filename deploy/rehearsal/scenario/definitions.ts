import type { Definition } from './file/scenario';
import { names, type World } from './world';

/** What the service's two definitions say; the image is put in by whoever registers them. */
export interface Definitions {
  /** Input of RegisterTaskDefinition, but for the image of the container. */
  taskDefinition: Record<string, unknown> & { containerDefinitions: [Record<string, unknown>] };
  /** Input of CreateService, but for cluster, name and task definition. */
  service: Record<string, unknown>;
}

const rollBack = { deploymentCircuitBreaker: { enable: true, rollback: true } };

/**
 * The definitions of a scenario. Texts in them may name what infrastructure made: `$SECRET`, `$TARGET_GROUP`,
 * `$ALTERNATE_TARGET_GROUP`, `$PRODUCTION_RULE`, `$TEST_RULE`, `$LOAD_BALANCER_ROLE`.
 */
export function makeDefinitions(definition: Definition, world: World): Definitions {
  const launchType = definition['launch-type'] ?? 'FARGATE';
  const fargate = launchType === 'FARGATE';
  const balanced = definition['load-balancer'] ?? true;
  const awsvpcConfiguration = {
    subnets: [...world.subnets],
    securityGroups: [world.securityGroup],
    assignPublicIp: 'ENABLED',
  };
  const strategy = definition.service?.capacityProviderStrategy !== undefined;
  const made = {
    taskDefinition: {
      family: names.family,
      requiresCompatibilities: [launchType],
      networkMode: fargate ? 'awsvpc' : 'bridge',
      cpu: '256',
      memory: '512',
      executionRoleArn: world.executionRole,
      containerDefinitions: [
        {
          name: 'web',
          portMappings: [fargate ? { containerPort: 3000 } : { containerPort: 3000, hostPort: 0 }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': names.logGroup,
              'awslogs-region': names.region,
              'awslogs-stream-prefix': 'app',
            },
          },
          ...definition.container,
        },
      ],
      ...definition.task,
    },
    service: {
      desiredCount: definition.count ?? 2,
      ...(strategy ? {} : { launchType }),
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        ...rollBack,
        ...definition.deployment,
      },
      ...(fargate ? { networkConfiguration: { awsvpcConfiguration } } : {}),
      ...(balanced
        ? { loadBalancers: [{ targetGroupArn: '$TARGET_GROUP', containerName: 'web', containerPort: 3000 }] }
        : {}),
      ...(definition.grace === undefined ? {} : { healthCheckGracePeriodSeconds: definition.grace }),
      ...definition.service,
    },
  };
  return withNames(made, world) as Definitions;
}

/** Puts the names of what infrastructure made into all texts of a value. */
export function withNames(value: unknown, world: World): unknown {
  const known: Record<string, string> = {
    $SECRET: world.secret,
    $TARGET_GROUP: world.targetGroup,
    $ALTERNATE_TARGET_GROUP: world.alternateTargetGroup,
    $PRODUCTION_RULE: world.productionRule,
    $TEST_RULE: world.testRule,
    $LOAD_BALANCER_ROLE: world.infrastructureRole,
  };
  if (typeof value === 'string') return value.replace(/\$[A-Z_]+/g, (name) => known[name] ?? name);
  if (Array.isArray(value)) return value.map((one) => withNames(one, world));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, withNames(held, world)]));
}
