import type * as ecs from '@aws-sdk/client-ecs';
import type { HookPayload } from '../../rehearsal/control-plane/services/hook-runner';
import type { Service } from '../../rehearsal/control-plane/services/service';
import type { ControlPlaneSettings } from '../../rehearsal/control-plane/settings';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import {
  createService,
  simulate,
  targetGroupArn,
  untilSteady,
  type Simulation,
  type Wire,
} from './simulation';

const balancing = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';
export const blueArn = targetGroupArn;
export const greenArn = `${balancing}:targetgroup/web-green/fedcba9876543210`;
export const productionRule = `${balancing}:listener-rule/app/main/0000000000000001/0000000000000002/0000000000000003`;
export const testRule = `${balancing}:listener-rule/app/main/0000000000000001/0000000000000004/0000000000000005`;
export const balancerRole = 'arn:aws:iam::123456789012:role/load-balancer';

export const shiftingLoadBalancers = [
  {
    targetGroupArn: blueArn,
    containerName: 'web',
    containerPort: 80,
    advancedConfiguration: {
      alternateTargetGroupArn: greenArn,
      productionListenerRule: productionRule,
      testListenerRule: testRule,
      roleArn: balancerRole,
    },
  },
];

export const hookArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
export const hookRole = 'arn:aws:iam::123456789012:role/hooks';
export const lambdaHook = (name: string, ...lifecycleStages: string[]) => ({
  hookTargetArn: hookArn(name),
  roleArn: hookRole,
  lifecycleStages,
});

/** A call of a lifecycle hook's function: seconds since the start, and what it was given. */
export interface Call {
  at: number;
  name: string;
  payload: HookPayload;
}

export interface Shifting extends Simulation {
  calls: Call[];
  /** Answers of functions by name; SUCCEEDED where there is none. */
  answers: Map<string, (call: Call) => unknown>;
  seconds(): number;
  /** The newest service deployment. */
  deployment(): Wire<ecs.ServiceDeployment>;
  /** Weights of the production and the test rule: blue group, green group. */
  weights(): { production: number[]; test: number[] };
  update(input: object): Wire<ecs.Service>;
  /** Releases a tag and updates the service to it. */
  ship(tag: string, behaviour?: Behaviour): void;
  /** Lets time pass until the newest service deployment is at a stage; or has ended. */
  untilStage(stage: string, limit?: number): void;
  untilEnded(limit?: number): Wire<ecs.ServiceDeployment>;
  /** What changed from here until the newest service deployment has ended, and the service is at rest. */
  record(): Moment[];
}

export interface Moment {
  at: number;
  status: string;
  stage: string | undefined;
  production: string;
  test: string;
}

export function shifting(settings: Partial<ControlPlaneSettings> = {}, seed = 1): Shifting {
  const calls: Call[] = [];
  const answers = new Map<string, (call: Call) => unknown>();
  const simulation = simulate({
    seed,
    settings: {
      invokeHook: (arn, payload) => {
        const call = { at: seconds(), name: arn.split(':').at(-1) ?? '', payload };
        calls.push(call);
        return (answers.get(call.name) ?? (() => ({ hookStatus: 'SUCCEEDED' })))(call);
      },
      ...settings,
    },
  });
  const { clock, surroundings } = simulation;
  const start = clock.now();
  const seconds = () => (clock.now() - start) / 1000;
  surroundings.addTargetGroup({ arn: greenArn });
  surroundings.addListenerRule(productionRule, [blueArn, greenArn]);
  surroundings.addListenerRule(testRule, [blueArn, greenArn]);
  const service = () => simulation.plane.clusters.get('main')?.services.get('web') as Service;
  const newest = () => service().serviceDeployments[0];
  const weightsOf = (arn: string) =>
    [blueArn, greenArn].map(
      (group) =>
        surroundings.listenerRule(arn)?.targetGroups.find(({ targetGroupArn: own }) => own === group)
          ?.weight ?? 0,
    );
  const shifting: Shifting = {
    ...simulation,
    calls,
    answers,
    seconds,
    deployment() {
      const serviceDeploymentArns = [newest()?.arn];
      return simulation.call('DescribeServiceDeployments', { serviceDeploymentArns }).serviceDeployments[0];
    },
    weights: () => ({ production: weightsOf(productionRule), test: weightsOf(testRule) }),
    update: (input) =>
      simulation.call('UpdateService', { cluster: 'main', service: 'web', ...input }).service,
    ship(tag, behaviour) {
      shifting.update({ taskDefinition: simulation.release(tag, behaviour) });
    },
    untilStage(stage, limit = 24 * 3_600_000) {
      const reached = () => newest()?.lifecycleStage === stage;
      if (!clock.runUntil(reached, clock.now() + limit))
        throw new Error(`${stage} was not reached: ${story()}`);
    },
    untilEnded(limit = 48 * 3_600_000) {
      const ended = () => newest()?.finishedAt !== undefined;
      if (!clock.runUntil(ended, clock.now() + limit)) throw new Error(`it does not end: ${story()}`);
      return shifting.deployment();
    },
    record() {
      const moments: Moment[] = [];
      const look = () => {
        const { production, test } = shifting.weights();
        const moment = {
          at: seconds(),
          status: newest()?.status ?? '',
          stage: newest()?.lifecycleStage,
          production: production.join(':'),
          test: test.join(':'),
        };
        const last = moments.at(-1);
        const same =
          last !== undefined &&
          last.status === moment.status &&
          last.stage === moment.stage &&
          last.production === moment.production &&
          last.test === moment.test;
        if (!same) moments.push(moment);
        return newest()?.finishedAt !== undefined && service().steadySince !== undefined;
      };
      if (!clock.runUntil(look, clock.now() + 48 * 3_600_000)) throw new Error(`it does not end: ${story()}`);
      return moments;
    },
  };
  const story = () => JSON.stringify([shifting.deployment(), simulation.events().slice(-8)], null, 1);
  return shifting;
}

/** A service whose first revision serves. Hooks are for what comes after. */
export function serving(
  { lifecycleHooks, ...deploymentConfiguration }: { lifecycleHooks?: object[]; [member: string]: unknown },
  input: object = {},
  settings: Partial<ControlPlaneSettings> = {},
): Shifting {
  const simulation = shifting(settings);
  createService(simulation, {
    taskDefinition: simulation.release('v1'),
    desiredCount: 2,
    loadBalancers: shiftingLoadBalancers,
    deploymentConfiguration,
    ...input,
  });
  untilSteady(simulation);
  if (lifecycleHooks !== undefined) simulation.update({ deploymentConfiguration: { lifecycleHooks } });
  return simulation;
}
