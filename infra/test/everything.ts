import type { EnvironmentSettings, ProjectSettings } from '../settings/settings';

/** All presets, and all options that make resources of their own: what every test of the whole runs over. */
export const everything: { project: ProjectSettings; environments: readonly EnvironmentSettings[] } = {
  project: {
    name: 'slipway',
    registry: { replicateTo: ['eu-central-1'], pullAccounts: ['210987654321'] },
    budget: { limit: 200, emails: ['ops@example.com'] },
    cloudTrail: true,
    serviceLinkedRoles: 'own',
    gitlab: { project: 'octo/shop' },
    pipeline: [
      {
        service: 'web',
        repository: 'octo/shop',
        environments: ['standard', 'isolated'],
        emails: ['ops@example.com'],
      },
      {
        service: 'api',
        repository: 'octo/api',
        environments: ['domain'],
        architecture: 'arm64',
        connectionArn: 'arn:aws:codestar-connections:ap-northeast-1:123456789012:connection/0f2b-4c1e',
      },
    ],
  },
  environments: [
    { name: 'small', preset: 'small', services: [{ name: 'web' }] },
    { name: 'standard', runner: { tokenSecret: 'runner-token' }, services: [{ name: 'web' }] },
    { name: 'isolated', preset: 'isolated', services: [{ name: 'web', exec: true }] },
    {
      // CloudFront's certificate is of this region: no second provider, which one process that is kept running cannot be.
      name: 'domain',
      region: 'us-east-1',
      encryption: 'own',
      network: { nat: 'per-az', moreEndpoints: ['sqs'], isolatedTier: true },
      ingress: { domain: 'shop.example.com', firewall: true, cloudFront: true },
      cluster: { external: true, serviceConnect: 'shop.internal' },
      observability: { emails: ['ops@example.com'] },
      storage: { fileSystem: true, envFiles: true, secrets: ['database-url'] },
      services: [
        { name: 'web', exec: true },
        { name: 'api', hosts: ['api.shop.example.com'] },
      ],
    },
    {
      name: 'instances',
      cluster: { capacity: 'ec2', ec2: { scaling: 'alarms' } },
      services: [{ name: 'web', networkMode: 'bridge' }],
    },
    {
      name: 'graviton',
      cluster: { capacity: 'ec2', ec2: { instanceType: 't4g.small', architecture: 'arm64' } },
      ingress: { kind: 'network' },
      services: [{ name: 'web' }],
    },
  ],
};
