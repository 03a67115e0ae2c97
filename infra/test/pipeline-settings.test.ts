import { SettingsError } from '../settings/problems';
import { resolvePlatform } from '../settings/resolve';
import type { EnvironmentSettings, PipelineSettings, ProjectSettings } from '../settings/settings';
import { variables } from './synth';

const pipeline: PipelineSettings = { repository: 'octo/shop' };

describe('wrong settings', () => {
  const problems = (project: Partial<ProjectSettings>, environment: Partial<EnvironmentSettings> = {}) => {
    try {
      resolvePlatform(
        {
          project: { name: 'slipway', ...project },
          environments: [
            { name: 'staging', services: [{ name: 'web' }], ...environment },
            { name: 'production', services: [{ name: 'web' }, { name: 'api', paths: ['/api/*'] }] },
          ],
        },
        variables,
      );
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return [...error.problems];
      throw error;
    }
  };
  const own = (one: Partial<PipelineSettings>) =>
    problems({ pipeline: { repository: 'octo/shop', service: 'web', ...one } });

  test.each<[string, string[], RegExp]>([
    [
      'no service of several',
      own({ service: undefined as never }),
      /pipeline.service is missing; one of web, api/,
    ],
    ['a service that is not there', own({ service: 'shop' }), /pipeline.service is "shop"; one of web, api/],
    [
      'an environment that is not there',
      own({ environments: ['live'] }),
      /environments is "live"; one of staging/,
    ],
    [
      'an environment without the service',
      own({ service: 'api' }),
      /pipeline.environments is "staging"; it carries no service api/,
    ],
    ['no environment', own({ environments: [] }), /deploys to one at least/],
    ['a URL for a repository', own({ repository: 'https://github.com/octo/shop' }), /owner and name/],
    ['no connection', own({ connectionArn: 'github' }), /the ARN of a connection/],
    ['an address that is none', own({ emails: ['ops'] }), /pipeline.emails is "ops"/],
    [
      'two pipelines of a service',
      problems({ pipeline: [pipeline, pipeline].map((one) => ({ ...one, service: 'web' })) }),
      /pipeline.service is "web"; each may stand there once/,
    ],
    [
      'a runner of no GitLab',
      problems({}, { runner: { tokenSecret: 'runner-token' } }),
      /staging: runner is .*`gitlab` names/,
    ],
    [
      'a runner that reaches nothing',
      problems(
        { gitlab: { project: 'octo/shop' } },
        { preset: 'small', runner: { tokenSecret: 'runner-token' } },
      ),
      /network.nat is "none"; the runner reaches GitLab through/,
    ],
    [
      'a disk that is too small',
      problems(
        { gitlab: { project: 'octo/shop' } },
        { runner: { tokenSecret: 'runner-token', diskSize: 8 } },
      ),
      /runner.diskSize is 8; 20 to/,
    ],
  ])('%s is refused', (_, found, expected) => {
    expect(found).toEqual([expect.stringMatching(expected)]);
  });
});
