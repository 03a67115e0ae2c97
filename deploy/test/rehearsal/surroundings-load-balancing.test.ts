import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyRuleCommand,
  ModifyTargetGroupCommand,
  RemoveTagsCommand,
  SetRulePrioritiesCommand,
  waitUntilLoadBalancerAvailable,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { createFront, type Front } from './front';
import { clientOf } from './support';

let rehearsal: Rehearsal;
let front: Front;
let elb: ElasticLoadBalancingV2Client;
beforeEach(async () => {
  rehearsal = await startRehearsal({ runtime: 'simulated' });
  elb = new ElasticLoadBalancingV2Client(clientOf(rehearsal));
  front = await createFront(rehearsal);
});
afterEach(() => rehearsal.stop());

const fixed = (MessageBody: string) => ({
  Type: 'fixed-response' as const,
  FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain', MessageBody },
});
const visit = async (path: string): Promise<string> =>
  (await fetch(`${rehearsal.listeners()[0]?.url}${path}`)).text();

async function anotherGroup(): Promise<string> {
  const input = { Name: 'green', Port: 3000, Protocol: 'HTTP' as const, TargetType: 'ip' as const };
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(input));
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
}

test('a load balancer that a client set up answers as its rules say, and a rule can move, change and go', async () => {
  // GIVEN two rules, the second of which matches everything
  const ListenerArn = front.listenerArn;
  const rule = async (Priority: number, path: string, answer: string): Promise<string> => {
    const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }];
    const input = { ListenerArn, Priority, Conditions, Actions: [fixed(answer)] };
    return (await elb.send(new CreateRuleCommand(input))).Rules?.[0]?.RuleArn ?? '';
  };
  const hello = await rule(1, '/hello*', 'hello');
  const all = await rule(2, '/*', 'all');
  expect([await visit('/hello'), await visit('/')]).toEqual(['hello', 'all']);

  // WHEN they change places
  const RulePriorities = [
    { RuleArn: hello, Priority: 2 },
    { RuleArn: all, Priority: 1 },
  ];
  await elb.send(new SetRulePrioritiesCommand({ RulePriorities }));
  expect(await visit('/hello')).toBe('all');

  // THEN conditions and actions can be changed one without the other, and what is deleted is gone
  const Conditions = [{ Field: 'path-pattern', Values: ['/nowhere'] }];
  await elb.send(new ModifyRuleCommand({ RuleArn: all, Conditions }));
  expect(await visit('/hello')).toBe('hello');
  await elb.send(new ModifyRuleCommand({ RuleArn: hello, Actions: [fixed('changed')] }));
  expect(await visit('/hello')).toBe('changed');
  await elb.send(new DeleteRuleCommand({ RuleArn: hello }));
  await elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [fixed('default')] }));
  expect(await visit('/hello')).toBe('default');
  const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  expect(Rules).toMatchObject([{ Priority: '1' }, { Priority: 'default', IsDefault: true }]);
  await expect(elb.send(new DeleteRuleCommand({ RuleArn: Rules?.[1]?.RuleArn }))).rejects.toMatchObject({
    name: 'OperationNotPermittedException',
  });
});

test("the load balancer's name leads to its first listener", async () => {
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names: ['front'] }));
  expect(`http://${LoadBalancers?.[0]?.DNSName}`).toBe(front.url);
  const { loadBalancerArn: LoadBalancerArn } = front;
  const second = { LoadBalancerArn, Port: 81, Protocol: 'HTTP' as const, DefaultActions: [fixed('second')] };
  await elb.send(new CreateListenerCommand(second));
  const [one, two] = rehearsal.listeners();
  expect([one?.url, two?.port]).toEqual([front.url, 81]);
  expect(two?.localPort).not.toBe(one?.localPort);
});

test('a listener keeps its local port when its own port changes', async () => {
  const [before] = rehearsal.listeners();
  await elb.send(
    new ModifyListenerCommand({
      ListenerArn: front.listenerArn,
      Port: 8080,
      DefaultActions: [fixed('moved')],
    }),
  );
  expect(rehearsal.listeners()).toEqual([{ ...before, port: 8080 }]);
  expect(await visit('/')).toBe('moved');
});

test('ECS reads and sets the weights of rules, of default rules and of listeners', async () => {
  const green = await anotherGroup();
  const blue = front.targetGroupArn;
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: front.listenerArn,
      Priority: 5,
      Conditions: [{ Field: 'path-pattern', Values: ['/api/*'] }],
      Actions: [{ Type: 'forward', TargetGroupArn: blue }],
    }),
  );
  const ruleArn = Rules?.[0]?.RuleArn ?? '';
  const { Rules: all } = await elb.send(new DescribeRulesCommand({ ListenerArn: front.listenerArn }));
  const defaultRuleArn = all?.find(({ IsDefault }) => IsDefault)?.RuleArn ?? '';
  const { surroundings } = rehearsal.controlPlane;
  const { listenerArn, loadBalancerArn } = front;
  for (const arn of [ruleArn, defaultRuleArn, listenerArn]) {
    expect(surroundings.listenerRule(arn)).toEqual({
      arn,
      listenerArn,
      loadBalancerArn,
      targetGroups: [{ targetGroupArn: blue, weight: 1 }],
    });
  }
  surroundings.setRuleWeights(ruleArn, [{ targetGroupArn: green, weight: 100 }]);
  const moved = [
    { targetGroupArn: blue, weight: 0 },
    { targetGroupArn: green, weight: 100 },
  ];
  expect(surroundings.listenerRule(ruleArn)?.targetGroups).toEqual(moved);
  expect(rehearsal.balancer.actionsOf(ruleArn)).toMatchObject([
    {
      targetGroups: [
        { arn: blue, weight: 0 },
        { arn: green, weight: 100 },
      ],
    },
  ]);
  surroundings.setRuleWeights(defaultRuleArn, moved);
  expect(surroundings.listenerRule(listenerArn)?.targetGroups).toEqual(moved);
  const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
  expect(Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups).toMatchObject([
    { Weight: 0 },
    { Weight: 100 },
  ]);
  expect(surroundings.listenerRule('arn:nowhere')).toBeUndefined();
  expect(() => surroundings.setRuleWeights('arn:nowhere', moved)).toThrow('no listener rule arn:nowhere');
});

test('attributes and tags are kept, health checks are changed, and what is wrong is refused as AWS does', async () => {
  const { loadBalancerArn: LoadBalancerArn, targetGroupArn: TargetGroupArn } = front;
  const Attributes = [{ Key: 'idle_timeout.timeout_seconds', Value: '30' }];
  await elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  const read = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
  expect(read.Attributes).toEqual(
    expect.arrayContaining([...Attributes, { Key: 'deletion_protection.enabled', Value: 'false' }]),
  );
  const ofGroup = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(ofGroup.Attributes).toEqual(
    expect.arrayContaining([{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }]),
  );
  const ResourceArns = [LoadBalancerArn];
  await elb.send(
    new AddTagsCommand({
      ResourceArns,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    }),
  );
  await elb.send(new RemoveTagsCommand({ ResourceArns, TagKeys: ['a'] }));
  const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
  expect(TagDescriptions).toEqual([{ ResourceArn: LoadBalancerArn, Tags: [{ Key: 'b', Value: '2' }] }]);

  await elb.send(
    new ModifyTargetGroupCommand({ TargetGroupArn, HealthCheckPath: '/ready', Matcher: { HttpCode: '204' } }),
  );
  expect(rehearsal.balancer.targetGroup(TargetGroupArn)?.healthCheck).toMatchObject({
    path: '/ready',
    matcher: '204',
    interval: 10,
  });
  const group = (input: object) =>
    elb.send(
      new CreateTargetGroupCommand({ Port: 80, Protocol: 'HTTP', TargetType: 'ip', Name: 'x', ...input }),
    );
  await expect(group({ Name: 'front' })).rejects.toMatchObject({ name: 'DuplicateTargetGroupNameException' });
  await expect(group({ Name: 'no_underscores' })).rejects.toThrow('alphanumeric characters and hyphens');
  await expect(group({ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 })).rejects.toThrow(
    'Health check interval must be greater than the timeout.',
  );
  await expect(elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }))).rejects.toMatchObject({
    name: 'ResourceInUseException',
  });
});

test('deleting a load balancer takes its listeners along, and frees its target groups', async () => {
  await waitUntilLoadBalancerAvailable(
    { client: elb, maxWaitTime: 5, minDelay: 1, maxDelay: 1 },
    { LoadBalancerArns: [front.loadBalancerArn] },
  );
  await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: front.loadBalancerArn }));
  expect(rehearsal.listeners()).toEqual([]);
  await expect(elb.send(new DeleteListenerCommand({ ListenerArn: front.listenerArn }))).rejects.toMatchObject(
    {
      name: 'ListenerNotFoundException',
    },
  );
  await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: front.targetGroupArn }));
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({}));
  expect(TargetGroups).toEqual([]);
});

test('a change of health is announced, so that nobody has to ask', async () => {
  const changed = new Promise<string>((resolve) => rehearsal.balancer.onHealthChange(resolve));
  rehearsal.balancer.registerTarget(front.targetGroupArn, { id: '127.0.0.1', port: 9 });
  expect(await changed).toBe(front.targetGroupArn);
  expect(rehearsal.balancer.targetHealth(front.targetGroupArn)).toMatchObject([{ state: 'unhealthy' }]);
});
