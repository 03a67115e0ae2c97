import type { Environment } from './platform';
import type { Problems } from './problems';

const SCALINGS = ['provider', 'alarms'];
const ARCHITECTURES = ['x86_64', 'arm64'];

export function checkCluster(environment: Environment, problems: Problems): void {
  const { capacity, containerInsights, ec2, serviceConnect } = environment.cluster;
  const one = (values: readonly string[]) => `one of ${values.join(', ')}`;
  const insights = ['disabled', 'enabled', 'enhanced'];
  problems.unless(
    insights.includes(containerInsights),
    'cluster.containerInsights',
    containerInsights,
    one(insights),
  );
  problems.unless(
    ['fargate', 'ec2'].includes(capacity),
    'cluster.capacity',
    capacity,
    'one of fargate, ec2: AWS takes no strategy with both',
  );
  problems.unless(
    serviceConnect === undefined || /^[A-Za-z0-9][\w.-]{0,1023}$/.test(serviceConnect),
    'cluster.serviceConnect',
    serviceConnect,
    'a name such as shop.internal',
  );
  const shared = environment.services.filter(({ networkMode }) => networkMode === 'bridge');
  for (const { name } of shared)
    problems.unless(
      capacity === 'ec2',
      `services.${name}.networkMode`,
      'bridge',
      'Fargate has awsvpc alone: take that, or cluster.capacity: "ec2"',
    );
  if (capacity !== 'ec2') return;
  problems.unless(
    !/^(aws|ecs|fargate)/.test(environment.project),
    'cluster.capacity',
    capacity,
    `its capacity provider has the name of the project, ${environment.project}, and AWS keeps names that begin with aws, ecs and fargate for its own`,
  );
  problems.unless(
    /^[a-z0-9-]+\.[a-z0-9-]+$/.test(ec2.instanceType),
    'cluster.ec2.instanceType',
    ec2.instanceType,
    'a type such as t3.small',
  );
  problems.unless(
    ARCHITECTURES.includes(ec2.architecture),
    'cluster.ec2.architecture',
    ec2.architecture,
    one(ARCHITECTURES),
  );
  const isGraviton = /^[a-z]+\d+g[a-z]*\./.test(ec2.instanceType);
  problems.unless(
    isGraviton === (ec2.architecture === 'arm64'),
    'cluster.ec2.architecture',
    ec2.architecture,
    `${ec2.instanceType} is of ${isGraviton ? 'arm64' : 'x86_64'}`,
  );
  problems.unless(
    Number.isInteger(ec2.min) && ec2.min >= 0,
    'cluster.ec2.min',
    ec2.min,
    'a whole number from 0',
  );
  problems.unless(
    Number.isInteger(ec2.max) && ec2.max >= Math.max(1, ec2.min),
    'cluster.ec2.max',
    ec2.max,
    `a whole number from ${Math.max(1, ec2.min)}`,
  );
  problems.unless(
    Number.isInteger(ec2.diskSize) && ec2.diskSize >= 30 && ec2.diskSize <= 16_384,
    'cluster.ec2.diskSize',
    ec2.diskSize,
    '30 GiB, the size of the image, to 16384',
  );
  problems.unless(SCALINGS.includes(ec2.scaling), 'cluster.ec2.scaling', ec2.scaling, one(SCALINGS));
}
