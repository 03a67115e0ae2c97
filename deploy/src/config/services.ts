import { resolve } from 'node:path';
import { suggestion } from '../../schema/did-you-mean';
import type { JsonObject } from '../definition/definitions';
import { locate, printPath, type Located } from '../definition/located';
import { toNumber, type ConfigProblem } from './check';
import type { AutoscalingConfig, ServiceConfig, SmokeConfig, StepConfig } from './config';
import { findCycle } from './dependencies';
import { parseDuration } from './duration';
import { serviceKeys } from './schema';

/** A template between quotes makes a text of a number. */
type Amount = number | string;
type Optional<T> = T | null;

/** One service as it is written; checked, so that every value has the type that the schema says. */
export interface ServiceDocument {
  cluster?: Optional<string>;
  task_definition?: Optional<string>;
  service_definition?: Optional<string>;
  timeout?: Optional<string>;
  depends_on?: Optional<string[]>;
  before?: Optional<StepDocument[]>;
  after?: Optional<StepDocument[]>;
  smoke?: Optional<SmokeDocument[]>;
  autoscaling?: Optional<AutoscalingDocument>;
  codedeploy?: Optional<{
    application_name?: Optional<string>;
    deployment_group_name?: Optional<string>;
    deployment_config_name?: Optional<string>;
  }>;
  appspec?: Optional<JsonObject>;
}

interface StepDocument {
  name: string;
  command: (string | number | boolean)[];
  container?: Optional<string>;
  timeout?: Optional<string>;
}

interface SmokeDocument {
  url: string;
  status?: Optional<Amount>;
  contains?: Optional<string>;
  timeout?: Optional<string>;
}

interface AutoscalingDocument {
  min: Amount;
  max: Amount;
  target_tracking?: Optional<
    {
      metric: 'cpu' | 'memory' | 'requests';
      target: Amount;
      scale_in_cooldown?: Optional<string>;
      scale_out_cooldown?: Optional<string>;
    }[]
  >;
  step?: Optional<
    {
      name: string;
      metric: 'cpu' | 'memory';
      comparison?: Optional<string>;
      threshold: Amount;
      adjustments: { from?: Optional<Amount>; to?: Optional<Amount>; by: Amount }[];
      cooldown?: Optional<string>;
    }[]
  >;
}

export interface ServiceDefaults {
  directory: string;
  cluster: string;
  timeoutSeconds: number;
  ignoreTags: readonly string[];
}

export function toServiceConfig(
  service: string,
  document: ServiceDocument,
  { directory, cluster, timeoutSeconds, ignoreTags }: ServiceDefaults,
): ServiceConfig {
  const { codedeploy } = document;
  return {
    service,
    cluster: document.cluster || cluster,
    taskDefinition: document.task_definition ? resolve(directory, document.task_definition) : '',
    serviceDefinition: document.service_definition
      ? resolve(directory, document.service_definition)
      : undefined,
    timeoutSeconds: seconds(document.timeout) ?? timeoutSeconds,
    dependsOn: (document.depends_on ?? []).map(String),
    before: (document.before ?? []).map(toStep),
    after: (document.after ?? []).map(toStep),
    smoke: (document.smoke ?? []).map(toSmoke),
    autoscaling: document.autoscaling ? toAutoscaling(document.autoscaling) : undefined,
    codedeploy: codedeploy
      ? {
          applicationName: codedeploy.application_name || undefined,
          deploymentGroupName: codedeploy.deployment_group_name || undefined,
          deploymentConfigName: codedeploy.deployment_config_name || undefined,
        }
      : undefined,
    appspec: document.appspec ?? undefined,
    ignoreTags,
  };
}

function toStep({ name, command, container, timeout }: StepDocument): StepConfig {
  return {
    name,
    command: command.map(String),
    container: container || undefined,
    timeoutSeconds: seconds(timeout) ?? 600,
  };
}

function toSmoke({ url, status, contains, timeout }: SmokeDocument): SmokeConfig {
  return {
    url,
    status: toNumber(status) ?? 200,
    contains: contains ?? undefined,
    timeoutSeconds: seconds(timeout) ?? 60,
  };
}

function toAutoscaling(document: AutoscalingDocument): AutoscalingConfig {
  return {
    min: toNumber(document.min) ?? 0,
    max: toNumber(document.max) ?? 0,
    targetTracking: (document.target_tracking ?? []).map((one) => ({
      metric: one.metric,
      target: toNumber(one.target) ?? 0,
      scaleInCooldownSeconds: seconds(one.scale_in_cooldown),
      scaleOutCooldownSeconds: seconds(one.scale_out_cooldown),
    })),
    step: (document.step ?? []).map((one) => ({
      name: one.name,
      metric: one.metric,
      comparison: one.comparison || '>=',
      threshold: toNumber(one.threshold) ?? 0,
      adjustments: one.adjustments.map(({ from, to, by }) => ({
        from: toNumber(from),
        to: toNumber(to),
        by: toNumber(by) ?? 0,
      })),
      cooldownSeconds: seconds(one.cooldown),
    })),
  };
}

function seconds(duration: string | null | undefined): number | undefined {
  return duration ? parseDuration(duration) : undefined;
}

/** What no single value shows: services that do not fit together. @param root checked against the schema. */
export function checkServices(root: Located, services: readonly ServiceConfig[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const found = (path: readonly (string | number)[], message: string, isKey = false) => {
    const node = locate(root, path);
    problems.push({ at: (isKey ? node.keyStart : undefined) ?? node.start, message });
  };
  const several = root.content.type === 'object' && root.content.entries.has('services');
  if (several) {
    const single = ['service', ...Object.keys(serviceKeys)];
    for (const key of single.filter((one) => hasKey(root, one))) {
      found([key], `"${key}" belongs to one service: put it under "services", below the name`, true);
    }
    if (services.length === 0) found(['services'], '"services" names none');
  }
  const names = services.map(({ service }) => service);
  for (const { service, dependsOn, autoscaling } of services) {
    const place = several ? ['services', service] : [];
    dependsOn.forEach((name, index) => {
      const path = [...place, 'depends_on', index];
      if (!several) found(path, `"depends_on" is for several "services": there is only one here`);
      else if (!names.includes(name)) {
        const known = `there is no service "${name}"${suggestion(name, names)}`;
        found(path, `"${printPath(path)}": ${known}; there are ${names.join(', ')}`);
      }
    });
    if (autoscaling !== undefined && autoscaling.min > autoscaling.max) {
      const path = [...place, 'autoscaling', 'min'];
      found(path, `"${printPath(path)}" is ${autoscaling.min}, above "max" (${autoscaling.max})`);
    }
  }
  const cycle = findCycle(services);
  if (several && cycle !== undefined) {
    const path = ['services', cycle[0] ?? '', 'depends_on'];
    found(path, `services wait for each other: ${cycle.join(' -> ')}: take one of these out of "depends_on"`);
  }
  return problems;
}

function hasKey({ content }: Located, key: string): boolean {
  return content.type === 'object' && content.entries.has(key);
}
