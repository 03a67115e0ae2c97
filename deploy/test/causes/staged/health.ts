import type { Behaviour } from '../../../rehearsal/runtime/simulated';
import { balanced, behave, type Staged } from '../rehearsed';

const answering = (
  answersWith: NonNullable<Behaviour['answersWith']>,
  output = ['listening on 0.0.0.0:8080'],
) => behave({ answersWith, output });
const unhealthy = { options: { service: balanced }, certainty: 'likely' } as const;

/** Tasks that run, and that a health check is not content with. */
export const health: readonly Staged[] = [
  {
    known: 'container-health-check',
    options: { settings: { healthCheckLeastRealSeconds: 0.01 } },
    before: behave({ answersAfter: 'never' }),
    container: {
      healthCheck: {
        command: ['CMD-SHELL', 'curl -f http://localhost:8080/'],
        interval: 5,
        timeout: 2,
        retries: 1,
      },
    },
    cause: /its own health check fails \(curl -f http:\/\/localhost:8080\/\)$/,
    fix: /is curl in it\?/,
  },
  {
    ...unhealthy,
    known: 'health-check-path',
    before: answering(() => 404),
    cause: /codes: \[404\] for \/; the app has no such path$/,
    fix: /change path and port of the target group/,
  },
  {
    ...unhealthy,
    known: 'health-check-redirect',
    before: (service) => {
      const { store, balancer } = service.rehearsal;
      const group = [...store.targetGroups.values()][0];
      if (group === undefined) return;
      store.targetGroups.set(group.arn, { ...group, healthCheck: { ...group.healthCheck, path: '/health' } });
      balancer.modifyTargetGroup(group.arn, { healthCheck: { path: '/health' } });
      service.behave('sample/ok:2', { answersWith: (path) => (path === '/health/' ? 200 : 301) });
    },
    cause:
      /codes: \[301\] for \/health; the app redirects the check \(301\), most likely to \/health\/: the trailing slash/,
    fix: /set the target group's health check to "\/health\/"/,
  },
  {
    ...unhealthy,
    known: 'health-check-server-error',
    before: answering(() => 503, ['listening on 0.0.0.0:8080', 'Error: no connection to the database']),
    cause: /codes: \[503\] for \/: Error: no connection to the database$/,
    fix: /read its log lines/,
  },
  {
    ...unhealthy,
    known: 'health-check-code',
    before: answering(() => 401),
    cause: /codes: \[401\]/,
    fix: /asked to sign in \(401\)/,
  },
  {
    ...unhealthy,
    known: 'listens-on-localhost',
    before: answering(() => 'refused', ['listening on 127.0.0.1:8080']),
    cause: /container web listens on 127\.0\.0\.1:8080, where nobody outside of it can reach it$/,
    fix: /0\.0\.0\.0/,
  },
  {
    ...unhealthy,
    known: 'listens-on-another-port',
    before: answering(() => 'refused', ['listening on 0.0.0.0:3000']),
    cause: /container web listens on port 3000, the service sends to 8080$/,
    fix: /"containerPort"/,
  },
  {
    ...unhealthy,
    known: 'health-check-timeout',
    before: answering(() => 'silent'),
    cause: /Request timed out for \//,
    fix: /security group/,
  },
  {
    ...unhealthy,
    known: 'starts-too-slowly',
    before: behave({ output: ['loading'], answersAfter: 3_600_000 }),
    cause: /does not listen on port 8080 before the load balancer gives up on it, some 10 s after its start$/,
    fix: /healthCheckGracePeriodSeconds.*\(0 now\)/,
  },
];
