import { synthesise } from '../../../infra/test/synth';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { enforce } from './enforcement';
import { assume } from './sign-in';

/** Who may take the roles that infrastructure makes, asked of STS over the wire. */
let rehearsal: Rehearsal;

beforeAll(async () => {
  const stack = synthesise();
  const { authorize } = enforce(...['foundation', 'staging', 'production'].map(stack));
  rehearsal = await startRehearsal({ runtime: 'simulated', authorize });
});
afterAll(() => rehearsal.stop());

describe('a role is for its own jobs alone', () => {
  const immutable = { repository: 'octo@42/shop@4711' };
  test.each([
    ['slipway-staging-web-deploy', { subject: 'environment:staging', ...immutable }],
    ['slipway-production-web-deploy', { subject: 'environment:production', ...immutable }],
    ['slipway-build', { subject: 'ref:refs/heads/main', ...immutable }],
    ['slipway-plan', { subject: 'environment:infrastructure-plan' }],
    ['slipway-apply', { subject: 'environment:infrastructure' }],
  ])('%s: %j', async (role, identity) => {
    await expect(assume(rehearsal.endpoint, role, identity)).resolves.toBeDefined();
  });

  test.each([
    ['from a branch', 'slipway-staging-web-deploy', { subject: 'ref:refs/heads/main' }],
    ['from a pull request', 'slipway-staging-web-deploy', { subject: 'pull_request' }],
    [
      'from a fork',
      'slipway-staging-web-deploy',
      { subject: 'environment:staging', repository: 'mallory/shop' },
    ],
    [
      'from another repository',
      'slipway-staging-web-deploy',
      { subject: 'environment:staging', repository: 'octo/shop2' },
    ],
    [
      'from a repository of the same name with other ids',
      'slipway-staging-web-deploy',
      { subject: 'environment:staging', repository: 'octo@43/shop@4711' },
    ],
    ['from another environment', 'slipway-production-web-deploy', { subject: 'environment:staging' }],
    ['for its plan', 'slipway-production-web-deploy', { subject: 'environment:production-plan' }],
    ['from another branch', 'slipway-build', { subject: 'ref:refs/heads/feature' }],
    ['from a pull request, to apply', 'slipway-apply', { subject: 'pull_request' }],
    [
      'with another audience',
      'slipway-staging-web-deploy',
      { subject: 'environment:staging', audience: 'https://github.com/octo' },
    ],
    [
      'signed by another',
      'slipway-staging-web-deploy',
      { subject: 'environment:staging', issuer: 'https://token.example.com' },
    ],
  ])('not %s', async (_, role, identity) => {
    await expect(assume(rehearsal.endpoint, role, identity)).rejects.toThrow(
      '403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    );
  });
});
