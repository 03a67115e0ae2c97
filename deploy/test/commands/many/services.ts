import { CLUSTER, testService, type Ran, type RunOptions, type TestService } from '../../helpers/service';

export type Members = Record<string, unknown> & { kind?: string };

/** Three services in one repository: `web` needs `api`; `worker` needs nobody. */
export interface ThreeServices extends TestService {
  /** `deploy staging --json`, with the same image for all, or `name=tag` for one. */
  ship(tags: string | Record<string, string>, more?: readonly string[], options?: RunOptions): Promise<Ran>;
  /** `family:revision` of each, and how many of its tasks run. */
  running(): Promise<Record<string, string>>;
}

const NAMES = ['api', 'web', 'worker'] as const;

export async function threeServices(): Promise<ThreeServices> {
  const service = await testService();
  service.write(
    'slipway.yml',
    `cluster: "{{ output \`cluster_name\` }}"
timeout: 1m
services:
  web:
    task_definition: ecs/web.json
    service_definition: ecs/service.json
    depends_on: [api]
  api:
    task_definition: ecs/api.json
    service_definition: ecs/service.json
  worker:
    task_definition: ecs/worker.json
    service_definition: ecs/service.json
environments:
  staging:
    outputs: ssm:///slipway/staging
`,
  );
  for (const name of NAMES) {
    service.write(`ecs/${name}.json`, {
      family: `slipway-staging-${name}`,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::123456789012:role/slipway-staging-web-execution',
      containerDefinitions: [
        { name, image: '{{ must_env `IMAGE` }}', portMappings: [{ containerPort: 8080 }] },
      ],
    });
  }
  return {
    ...service,
    ship: (tags, more = [], options = {}) => {
      const images =
        typeof tags === 'string'
          ? ['--image', service.image(tags)]
          : Object.entries(tags).flatMap(([name, tag]) => ['--image', `${name}=${service.image(tag)}`]);
      return service.run(['deploy', 'staging', '--json', ...images, ...more], options);
    },
    running: async () => {
      const answer = await service.ecs('DescribeServices', { cluster: CLUSTER, services: [...NAMES] });
      const services = answer['services'] as { serviceName: string; taskDefinition: string }[];
      return Object.fromEntries(
        services.map(({ serviceName, taskDefinition }) => [
          serviceName,
          taskDefinition.slice(taskDefinition.lastIndexOf(':') + 1),
        ]),
      );
    },
  };
}

export interface ServiceOutcome {
  service: string;
  outcome: string | undefined;
  back: string | undefined;
  error: string | undefined;
  notStarted: string | undefined;
}

/** The result of a release, as short as a test wants it. */
export function outcomes({ result }: Ran): Record<string, string> {
  const services = result['services'] as Record<string, Members>[];
  return Object.fromEntries(
    services.map(({ place, deployment, back, error, notStarted }) => {
      const kind = (one: Members | undefined) => (one?.['outcome'] as Members | undefined)?.kind;
      const words = [
        kind(deployment),
        kind(back) === undefined ? undefined : `back ${String(kind(back))}`,
        error?.['code'],
        notStarted === undefined ? undefined : 'not started',
      ];
      return [String(place?.['service']), words.filter(Boolean).join(', ')];
    }),
  );
}
