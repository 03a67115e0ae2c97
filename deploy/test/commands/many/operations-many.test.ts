import { threeServices, type Members } from './services';

const results = (ran: { result: Record<string, unknown> }) => ran.result['results'] as Members[];
const servicesOf = (ran: { result: Record<string, unknown> }) =>
  results(ran).map(({ place }) => (place as Members | undefined)?.['service']);

it('status, history, wait and delete take all services, or the one that is named', async () => {
  const services = await threeServices();
  await services.ship('ok-1');
  const status = await services.run(['status', 'staging', '--json']);
  expect(status).toMatchObject({ exitCode: 0, result: { kind: 'many', command: 'status' } });
  expect([...servicesOf(status)].sort()).toEqual(['api', 'web', 'worker']);
  const one = await services.run(['status', 'staging', '--service', 'api', '--json']);
  expect(one.result).toMatchObject({ kind: 'status', place: { service: 'api' } });
  const history = await services.run(['history', 'staging', '--json']);
  expect(results(history).map(({ releases }) => (releases as unknown[]).length)).toEqual([1, 1, 1]);
  const wait = await services.run(['wait', 'staging', '--json']);
  expect(wait.exitCode).toBe(0);
  expect(results(wait).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);

  const scaled = await services.run(['scale', 'staging', '--tasks', '1', '--json']);
  expect(scaled).toMatchObject({ exitCode: 40, result: { code: 'USAGE' } });
  expect(scaled.result['message']).toContain('say which service');
  expect((await services.run(['scale', 'staging', '--service', 'worker', '--tasks', '1'])).exitCode).toBe(0);

  const planned = await services.run(['delete', 'staging', '--dry-run', '--json']);
  expect(results(planned).map(({ outcome }) => outcome)).toEqual(['planned', 'planned', 'planned']);
  const deleted = await services.run(['delete', 'staging', '--yes', '--json']);
  expect(deleted.exitCode).toBe(0);
  // web depends on api.
  const order = servicesOf(deleted);
  expect(order.indexOf('web')).toBeLessThan(order.indexOf('api'));
  const gone = await services.run(['status', 'staging', '--json']);
  expect(results(gone).map(({ status }) => status)).toEqual(['INACTIVE', 'INACTIVE', 'INACTIVE']);
});
