import type { EnvironmentSettings } from './settings';

type Areas = Required<
  Pick<EnvironmentSettings, 'encryption' | 'network' | 'cluster' | 'ingress' | 'observability'>
>;

const standard = {
  encryption: 'aws',
  network: {
    nat: 'single',
    tasks: 'private',
    endpoints: 's3',
    isolatedTier: false,
    flowLogs: true,
  },
  cluster: { containerInsights: 'enabled', logExec: true },
  ingress: { firewall: false, accessLogs: true },
  observability: { logRetentionDays: 30, dashboard: true },
} as const satisfies Areas;

/** What each preset says of the options that differ; all others have one default. */
export const presets: Readonly<Record<Exclude<EnvironmentSettings['preset'], undefined>, Areas>> = {
  small: {
    ...standard,
    network: { ...standard.network, nat: 'none', tasks: 'public', flowLogs: false },
    cluster: { containerInsights: 'disabled', logExec: false },
    ingress: { firewall: false, accessLogs: false },
    observability: { logRetentionDays: 7, dashboard: false },
  },
  standard,
  isolated: {
    encryption: 'own',
    network: { ...standard.network, nat: 'none', endpoints: 'tasks', isolatedTier: true },
    cluster: { ...standard.cluster, containerInsights: 'enhanced' },
    ingress: { ...standard.ingress, firewall: true },
    observability: { ...standard.observability, logRetentionDays: 365 },
  },
};
