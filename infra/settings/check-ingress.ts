import { parseCidr } from './cidr';
import type { Environment } from './platform';
import type { Problems } from './problems';

const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;

export function checkIngress(environment: Environment, problems: Problems): void {
  const { ingress, network, services } = environment;
  const { kind, domain, zone, certificateArn, cloudFront, firewall, sources, testSources } = ingress;
  const option = (member: keyof typeof ingress) => `ingress.${member}`;
  problems.unless(
    ['application', 'network'].includes(kind),
    option('kind'),
    kind,
    'one of application, network',
  );
  problems.unless(
    domain === undefined || HOST.test(domain),
    option('domain'),
    domain,
    'a name in lower case without scheme and path, such as staging.example.com',
  );
  problems.unless(
    zone === 'own' || /^Z[A-Z0-9]+$/.test(zone),
    option('zone'),
    zone,
    '"own", or the id of a hosted zone, such as Z0123456789ABC',
  );
  problems.unless(
    zone === 'own' || domain !== undefined,
    option('zone'),
    zone,
    'a zone holds a domain: name it in ingress.domain',
  );
  problems.unless(
    certificateArn === undefined || /^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/.test(certificateArn),
    option('certificateArn'),
    certificateArn,
    'the ARN of a certificate in ACM, in the region of this environment',
  );
  for (const source of sources)
    problems.unless(
      parseCidr(source) !== undefined,
      option('sources'),
      source,
      'a CIDR such as 203.0.113.0/24',
    );
  problems.unless(
    !cloudFront || sources.join() === '0.0.0.0/0',
    option('sources'),
    sources,
    'with cloudFront the balancer lets CloudFront in and nobody else: leave sources out',
  );
  for (const source of testSources.filter((one) => one !== network.cidr)) {
    problems.unless(
      parseCidr(source) !== undefined,
      option('testSources'),
      source,
      'a CIDR such as 203.0.113.0/24',
    );
    problems.unless(
      !source.endsWith('/0'),
      option('testSources'),
      source,
      'the test listener shows what is not released yet: name your own networks',
    );
  }
  problems.unless(
    Number.isInteger(ingress.rateLimit) && ingress.rateLimit >= 10 && ingress.rateLimit <= 2_000_000_000,
    option('rateLimit'),
    ingress.rateLimit,
    '10 to 2000000000 requests in five minutes',
  );
  if (kind !== 'network') return;
  problems.unless(
    services.length <= 1,
    'services',
    services.map(({ name }) => name),
    'a network balancer tells services apart by port alone: one an environment, or ingress.kind: "application"',
  );
  for (const [member, value] of Object.entries({ cloudFront, firewall }))
    problems.unless(
      !value,
      option(member as keyof typeof ingress),
      value,
      'HTTP alone has it: take ingress.kind: "application"',
    );
  for (const { name, hosts, paths } of services)
    problems.unless(
      hosts.length === 0 && paths.join() === '/*',
      `services.${name}.hosts`,
      [...hosts, ...paths],
      'a network balancer sees neither hosts nor paths: leave both out, or take ingress.kind: "application"',
    );
}
