import type { EnvironmentSettings } from '../settings/settings';

export const staging: EnvironmentSettings = {
  name: 'staging',
  services: [{ name: 'web', port: 3000, healthCheck: { path: '/health-check' } }],
};
