import type { EnvironmentSettings } from '../settings/settings';

export const production: EnvironmentSettings = {
  name: 'production',
  cidr: '10.1.0.0/16',
  nat: 'per-az',
  containerInsights: 'enhanced',
  logRetentionDays: 365,
  protect: true,
  services: [{ name: 'web', port: 3000, healthCheck: { path: '/health-check' } }],
};
