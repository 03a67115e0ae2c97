import type { EnvironmentSettings } from '../settings/settings';

export const production: EnvironmentSettings = {
  name: 'production',
  protect: true,
  network: { cidr: '10.1.0.0/16', nat: 'per-az' },
  cluster: { containerInsights: 'enhanced' },
  observability: { logRetentionDays: 365 },
  services: [{ name: 'web', port: 3000, healthCheck: { path: '/health-check' } }],
};
