import { names } from '../names';
import type { Environment, Service } from './platform';
import { NAME, type Problems } from './problems';

const ROLE_NAME_LENGTH = 64;

export function checkService(environment: Environment, service: Service, problems: Problems): void {
  const { healthCheck, name } = service;
  const option = (member: string) => `services.${name}.${member}`;
  const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65535;
  problems.unless(
    NAME.test(name),
    'services.name',
    name,
    'lower-case letters, digits and single hyphens, such as web',
  );
  const longest = names(environment.project).executionRole(environment.name, name);
  problems.unless(
    longest.length <= ROLE_NAME_LENGTH,
    'services.name',
    name,
    `its role ${longest} has ${longest.length} characters, and IAM takes ${ROLE_NAME_LENGTH}: shorten the service's, the environment's or the project's name`,
  );
  problems.unless(isPort(service.port), option('port'), service.port, 'a port from 1 to 65535');
  for (const port of service.outboundPorts)
    problems.unless(isPort(port), option('outboundPorts'), port, 'ports from 1 to 65535');
  problems.unless(
    Number.isInteger(service.priority) && service.priority >= 1 && service.priority <= 50_000,
    option('priority'),
    service.priority,
    'a listener rule takes a whole number from 1 to 50000',
  );
  problems.unless(
    service.paths.length > 0 && service.paths.every((path) => path.startsWith('/')),
    option('paths'),
    service.paths,
    'patterns that begin with a slash, such as /api/*',
  );
  // One more condition value than this and AWS refuses the rule.
  problems.unless(
    service.paths.length + service.hosts.length <= 5,
    option('hosts'),
    service.hosts,
    'a listener rule takes five hosts and paths together',
  );
  problems.unless(
    healthCheck.path.startsWith('/'),
    option('healthCheck.path'),
    healthCheck.path,
    'a path that begins with a slash',
  );
  problems.unless(
    /^[2-4]\d\d([-,][2-4]\d\d)*$/.test(healthCheck.matcher),
    option('healthCheck.matcher'),
    healthCheck.matcher,
    'codes such as 200 or 200-299',
  );
  problems.unless(
    Number.isInteger(healthCheck.interval) && healthCheck.interval >= 5 && healthCheck.interval <= 300,
    option('healthCheck.interval'),
    healthCheck.interval,
    '5 to 300 seconds',
  );
  problems.unless(
    Number.isInteger(healthCheck.timeout) &&
      healthCheck.timeout >= 2 &&
      healthCheck.timeout < healthCheck.interval,
    option('healthCheck.timeout'),
    healthCheck.timeout,
    `2 seconds at least, and below the interval of ${healthCheck.interval}`,
  );
  for (const count of ['healthyCount', 'unhealthyCount'] as const)
    problems.unless(
      Number.isInteger(healthCheck[count]) && healthCheck[count] >= 2 && healthCheck[count] <= 10,
      option(`healthCheck.${count}`),
      healthCheck[count],
      '2 to 10 checks',
    );
  problems.unless(
    Number.isInteger(service.errorsPerMinute) && service.errorsPerMinute >= 0,
    option('errorsPerMinute'),
    service.errorsPerMinute,
    'a whole number from 0',
  );
  problems.unless(
    service.slowSeconds > 0,
    option('slowSeconds'),
    service.slowSeconds,
    'more than 0, such as 0.5',
  );
  problems.unless(
    service.deregistrationDelay >= 0 && service.deregistrationDelay <= 3600,
    option('deregistrationDelay'),
    service.deregistrationDelay,
    '0 to 3600 seconds',
  );
}
