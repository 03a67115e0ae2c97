import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import type { HookPayload } from '../../rehearsal/control-plane/services/hook-runner';
import { clientOf, rehearsalOf } from './support';

const hookTargetArn = 'arn:aws:lambda:ap-northeast-1:123456789012:function:smoke-test';
const hookUrls: Record<string, string> = {};
/** What the hook's function found behind the test and the production listener. */
const found: { stage: string; test: string; production: string }[] = [];
let hook: Server | undefined;

beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { lifecycleStage } = JSON.parse(body) as HookPayload;
      void Promise.all([text(url(9090)), text(url(8080))]).then(([test, production]) => {
        found.push({ stage: lifecycleStage, test, production });
        response.end(JSON.stringify({ hookStatus: 'SUCCEEDED' }));
      });
    });
  });
  await new Promise<void>((resolve) => hook?.listen(0, '127.0.0.1', resolve));
  hookUrls[hookTargetArn] = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
});
afterAll(() => hook?.close());

const rehearsal = rehearsalOf({ runtime: 'process', speed: 100, settings: { hookUrls } });
const attribute = (address: string, name: string) =>
  String(rehearsal.applied().resources.find((one) => one.address === address)?.attributes[name]);
const url = (port: number) => {
  const listener = rehearsal
    .get()
    .listeners()
    .find((one) => one.port === port);
  return `${listener?.url}/api/hello`;
};
const text = async (where: string) => (await fetch(where)).text();
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A test listener with a rule of its own beside the production listener. */
async function addTestListener(): Promise<string> {
  await rehearsal.applyChanged(({ resource }) => {
    const { aws_lb_listener: listeners, aws_lb_listener_rule: rules } = resource as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    Object.assign(listeners ?? {}, { test: { ...listeners?.http, port: 9090 } });
    Object.assign(rules ?? {}, { test: { ...rules?.web, listener_arn: '${aws_lb_listener.test.arn}' } });
  });
  const { listeners, rules } = rehearsal.get().store;
  const listener = [...listeners.values()].find(({ port }) => port === 9090);
  return [...rules.values()].find(({ listenerArn }) => listenerArn === listener?.arn)?.arn ?? '';
}

/** Asks the production listener again and again, one request after the other, until it is told to stop. */
function askForEver(): { bodies: string[]; failures: string[]; stop(): Promise<void> } {
  const asked = { bodies: [] as string[], failures: [] as string[] };
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      try {
        const response = await fetch(url(8080));
        const body = await response.text();
        if (response.ok) asked.bodies.push(body.trim());
        else asked.failures.push(`${response.status} ${body}`);
      } catch (error) {
        asked.failures.push(String(error));
      }
    }
  })();
  return {
    ...asked,
    stop: async () => {
      stopped = true;
      await done;
    },
  };
}

test('a canary: the test listener first, then a fifth of production, then all, and no request fails', async () => {
  const ecs = new ECSClient(clientOf(rehearsal.get()));
  const testListenerRule = await addTestListener();
  const register = (tag: string) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'small-web',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'web',
            image: `sample/ok:${tag}`,
            portMappings: [{ containerPort: 3000 }],
            environment: [{ name: 'PORT', value: '3000' }],
          },
        ],
      }),
    );
  const newest = async (): Promise<ServiceDeployment | undefined> => {
    const { serviceDeployments } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'small', service: 'web' }),
    );
    const described = await ecs.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [serviceDeployments?.[0]?.serviceDeploymentArn ?? ''],
      }),
    );
    return described.serviceDeployments?.[0];
  };
  const until = async (holds: (deployment: ServiceDeployment | undefined) => unknown) => {
    for (;;) {
      const deployment = await newest();
      if (holds(deployment)) return deployment;
      await pause(20);
    }
  };
  const steady = async () => {
    for (;;) {
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster: 'small', services: ['web'] }),
      );
      const deployments = services?.[0]?.deployments ?? [];
      if (deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED') return;
      await pause(20);
    }
  };
  const paused = (share: number) =>
    until(
      (deployment) =>
        deployment?.targetServiceRevision?.requestedProductionTrafficWeight === share &&
        deployment.lifecycleHookDetails?.some(({ status }) => status === 'AWAITING_ACTION'),
    );
  const goOn = (deployment: ServiceDeployment | undefined) =>
    ecs.send(
      new ContinueServiceDeploymentCommand({
        serviceDeploymentArn: deployment?.serviceDeploymentArn,
        hookId: deployment?.lifecycleHookDetails?.[0]?.hookId,
      }),
    );

  await register('1');
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'small',
      serviceName: 'web',
      taskDefinition: 'small-web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: [attribute('aws_subnet.a', 'id')] } },
      loadBalancers: [
        {
          targetGroupArn: attribute('aws_lb_target_group.web', 'arn'),
          containerName: 'web',
          containerPort: 3000,
          advancedConfiguration: {
            alternateTargetGroupArn: attribute('aws_lb_target_group.green', 'arn'),
            productionListenerRule: attribute('aws_lb_listener_rule.web', 'arn'),
            testListenerRule,
            roleArn: attribute('aws_iam_role.execution', 'arn'),
          },
        },
      ],
      deploymentConfiguration: {
        strategy: 'CANARY',
        canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 0 },
        bakeTimeInMinutes: 0,
      },
    }),
  );
  await steady();
  const load = askForEver();
  await register('2');
  await ecs.send(
    new UpdateServiceCommand({
      cluster: 'small',
      service: 'web',
      taskDefinition: 'small-web',
      deploymentConfiguration: {
        lifecycleHooks: [
          {
            hookTargetArn,
            roleArn: attribute('aws_iam_role.execution', 'arn'),
            lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
          },
          { targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] },
        ],
      },
    }),
  );

  await goOn(await paused(0));
  expect(found).toEqual([
    { stage: 'POST_TEST_TRAFFIC_SHIFT', test: 'sample/ok:2\n', production: 'sample/ok:1\n' },
  ]);
  const canary = await paused(20);
  const before = load.bodies.length + 1;
  while (load.bodies.length < before + 200) await pause(5);
  const seen = load.bodies.slice(before, before + 200);
  expect(seen.filter((body) => body === 'sample/ok:2')).toHaveLength(40);

  await goOn(canary);
  expect(await until((deployment) => deployment?.finishedAt !== undefined)).toMatchObject({
    status: 'SUCCESSFUL',
    lifecycleStage: 'CLEAN_UP',
  });
  const shifted = load.bodies.length + 1;
  await steady();
  while (load.bodies.length < shifted + 20) await pause(5);
  await load.stop();
  expect(new Set(load.bodies.slice(shifted))).toEqual(new Set(['sample/ok:2']));
  expect(load.failures).toEqual([]);
});
