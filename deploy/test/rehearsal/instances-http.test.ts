import { join } from 'node:path';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { applyEmbedded } from '../../rehearsal/apply/embedded';
import { RealClock } from '../../rehearsal/real-clock';
import { startRehearsal } from '../../rehearsal/rehearsal';
import { createProcessRuntime } from '../../rehearsal/runtime/process';
import { clientOf, place, readSmall, scratch } from './support';

const directory = scratch();

test.each(['own', 'mapped'] as const)(
  'two EC2 instances with %s addresses serve behind a target group of instances',
  async (addresses) => {
    const json = readSmall();
    const groups = json.resource?.aws_lb_target_group as Record<string, { target_type: string }>;
    for (const group of Object.values(groups)) group.target_type = 'instance';
    const applied = await applyEmbedded({
      json,
      stack: 'small',
      statePath: join(directory, `${addresses}.tfstate`),
      ...place,
    });
    const attribute = (address: string, name: string) =>
      String(applied.resources.find((one) => one.address === address)?.attributes[name]);
    const clock = new RealClock(100);
    const runtime = createProcessRuntime({ directory, clock, ...(addresses === 'mapped' && { addresses }) });
    const rehearsal = await startRehearsal({ runtime, clock, applied: [applied] });
    try {
      const ecs = new ECSClient(clientOf(rehearsal));
      const targetGroupArn = attribute('aws_lb_target_group.web', 'arn');
      for (const zone of ['ap-northeast-1a', 'ap-northeast-1c']) {
        await ecs.send(
          new RegisterContainerInstanceCommand({
            cluster: 'small',
            instanceIdentityDocument: JSON.stringify({
              instanceId: `i-0${zone.slice(-1).repeat(16)}`,
              availabilityZone: zone,
            }),
            totalResources: [
              { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
              { name: 'MEMORY', type: 'INTEGER', integerValue: 2048 },
            ],
          }),
        );
      }
      const register = (image: string) =>
        ecs.send(
          new RegisterTaskDefinitionCommand({
            family: 'small-web',
            networkMode: 'bridge',
            containerDefinitions: [
              {
                name: 'web',
                image,
                cpu: 256,
                memory: 512,
                portMappings: [{ containerPort: 3000 }],
                environment: [{ name: 'PORT', value: '3000' }],
                healthCheck: {
                  command: ['CMD-SHELL', 'node -e "fetch(\'http://localhost:3000/\')"'],
                  interval: 10,
                },
              },
            ],
          }),
        );
      const settled = async (revision: number) => {
        const { services } = await ecs.send(
          new DescribeServicesCommand({ cluster: 'small', services: ['web'] }),
        );
        const [deployment, ...others] = services?.[0]?.deployments ?? [];
        return (
          others.length === 0 &&
          deployment?.rolloutState === 'COMPLETED' &&
          deployment.taskDefinition?.endsWith(`:${revision}`) === true
        );
      };
      const until = async (done: () => Promise<boolean>) => {
        const giveUp = Date.now() + 20_000;
        while (!(await done())) {
          if (Date.now() > giveUp) throw new Error('the service does not settle');
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      const answers = async () => {
        const url = `${String(applied.outputs.service_url)}/api/hello`;
        const all = await Promise.all(Array.from({ length: 8 }, () => fetch(url)));
        return new Set(await Promise.all(all.map(async (one) => `${one.status} ${await one.text()}`)));
      };

      await register('sample/ok:1');
      await ecs.send(
        new CreateServiceCommand({
          cluster: 'small',
          serviceName: 'web',
          taskDefinition: 'small-web',
          desiredCount: 4,
          launchType: 'EC2',
          loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 3000 }],
        }),
      );
      await until(() => settled(1));
      expect(await answers()).toEqual(new Set(['200 sample/ok:1\n']));

      const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'small', serviceName: 'web' }));
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: 'small', tasks: taskArns }));
      const ports = tasks.map((task) => task.containers?.[0]?.networkBindings?.[0]?.hostPort ?? 0);
      expect(ports.sort()).toEqual([49153, 49153, 49154, 49154]);
      expect(tasks.map((task) => task.availabilityZone).sort()).toEqual([
        'ap-northeast-1a',
        'ap-northeast-1a',
        'ap-northeast-1c',
        'ap-northeast-1c',
      ]);
      const targets = rehearsal.balancer.targetHealth(targetGroupArn);
      expect(new Set(targets.map(({ target }) => target.id))).toEqual(
        new Set(['i-0aaaaaaaaaaaaaaaa', 'i-0cccccccccccccccc']),
      );
      expect(targets.map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy', 'healthy']);

      if (addresses === 'mapped') return;
      await register('sample/ok:2');
      await ecs.send(
        new UpdateServiceCommand({ cluster: 'small', service: 'web', taskDefinition: 'small-web' }),
      );
      await until(() => settled(2));
      expect(await answers()).toEqual(new Set(['200 sample/ok:2\n']));
    } finally {
      await rehearsal.stop();
      clock.close();
    }
  },
);
