import type { Check } from '../check';
import { object, text } from '../values';

export const circuitBreaker: Check = {
  name: 'circuit-breaker',
  summary: 'a deployment that fails ends, and is rolled back',
  actions: [],
  run: ({ service, serviceAt }) => {
    const controller = text(object(service?.['deploymentController'])?.['type']) ?? 'ECS';
    if (service === undefined || controller !== 'ECS') return [];
    const configuration = object(service['deploymentConfiguration']);
    const breaker = object(configuration?.['deploymentCircuitBreaker']);
    const alarms = object(configuration?.['alarms']);
    if (breaker?.['enable'] === true && breaker['rollback'] === true) return [];
    if (alarms?.['enable'] === true && alarms['rollback'] === true) return [];
    const on = breaker?.['enable'] === true;
    return [
      {
        level: 'warning',
        message: on
          ? 'the circuit breaker does not roll back: a deployment that fails leaves the service on the release that failed'
          : 'the circuit breaker is off: ECS goes on starting a release that fails, without an end',
        hint: 'set "deploymentCircuitBreaker": { "enable": true, "rollback": true } in "deploymentConfiguration"',
        position:
          configuration === undefined
            ? serviceAt()
            : serviceAt('deploymentConfiguration', 'deploymentCircuitBreaker'),
      },
    ];
  },
};
