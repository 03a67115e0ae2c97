import type { EnforcedPlatform } from './platform';

type Document = Record<string, unknown>;

const PARTS: readonly (readonly [service: string, operation: string, input: Document])[] = [
  'staging',
  'production',
].flatMap((environment) => [
  ['ssm', 'PutParameter', { Name: `/slipway/${environment}/token`, Value: 'x', Type: 'SecureString' }],
  ['secretsmanager', 'PutSecretValue', { SecretId: `slipway/${environment}/api-key`, SecretString: 'x' }],
]);

/** An app that uses all that a deploy knows: secrets, env files, files, exec, traffic shifting with alarms, scaling, tags. */
export async function useEverything(platform: EnforcedPlatform): Promise<void> {
  const { rehearsal } = platform;
  for (const [service, operation, input] of PARTS) await rehearsal.call(service, operation, input);
  for (const environment of ['staging', 'production']) {
    await fetch(
      `${rehearsal.endpoint}/slipway-${environment}-env-files-123456789012-ap-northeast-1/web.env`,
      {
        method: 'PUT',
        headers: {
          authorization: 'AWS4-HMAC-SHA256 Credential=rehearsal/20260101/ap-northeast-1/s3/aws4_request',
        },
        body: 'A=1\n',
      },
    );
  }
  platform.edit('ecs/task-definition.json', (document) => {
    const [container = {}] = document.containerDefinitions as Document[];
    Object.assign(container, {
      secrets: [
        {
          name: 'API_KEY',
          valueFrom:
            'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:slipway/{{ output `environment` }}/api-key',
        },
        { name: 'TOKEN', valueFrom: '/slipway/{{ output `environment` }}/token' },
      ],
      environmentFiles: [{ type: 's3', value: '{{ output `env_file_bucket_arn` }}/web.env' }],
      mountPoints: [{ sourceVolume: 'files', containerPath: '/files' }],
    });
    document.volumes = [
      {
        name: 'files',
        efsVolumeConfiguration: {
          fileSystemId: '{{ output `file_system_id` }}',
          transitEncryption: 'ENABLED',
          authorizationConfig: {
            accessPointId: '{{ output `file_system_access_point_id` }}',
            iam: 'ENABLED',
          },
        },
      },
    ];
  });
  platform.edit('ecs/service.json', (document) => {
    for (const balancer of document.loadBalancers as Document[]) {
      balancer.advancedConfiguration = {
        alternateTargetGroupArn: '{{ output `alternate_target_group_arn` }}',
        productionListenerRule: '{{ output `production_listener_rule_arn` }}',
        testListenerRule: '{{ output `test_listener_rule_arn` }}',
        roleArn: '{{ output `load_balancer_role_arn` }}',
      };
    }
    document.deploymentConfiguration = {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 1,
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
      alarms: { alarmNames: '{{ output `alarm_names` }}', enable: true, rollback: true },
    };
    document.enableExecuteCommand = true;
    document.tags = [{ key: 'team', value: 'shop' }];
  });
  platform.append(
    'slipway.yml',
    [
      'autoscaling:',
      '  min: 2',
      '  max: 6',
      '  target_tracking: [{ metric: cpu, target: 60 }]',
      '  step: [{ name: busy, metric: memory, threshold: 80, adjustments: [{ from: 80, by: 2 }] }]',
    ].join('\n'),
  );
}

/** No pause, and a bake time in which a rollback finds the deployment under way. */
export function shiftSlowly(platform: EnforcedPlatform): void {
  platform.edit('ecs/service.json', (document) => {
    Object.assign(document.deploymentConfiguration as Document, {
      lifecycleHooks: [],
      bakeTimeInMinutes: 600,
    });
  });
}

export function shiftAtOnce(platform: EnforcedPlatform): void {
  platform.edit('ecs/service.json', (document) => {
    Object.assign(document.deploymentConfiguration as Document, { lifecycleHooks: [], bakeTimeInMinutes: 0 });
  });
}

export function withoutScaling(platform: EnforcedPlatform): void {
  platform.replace('slipway.yml', /\nautoscaling:[\s\S]*/, '\n');
}
