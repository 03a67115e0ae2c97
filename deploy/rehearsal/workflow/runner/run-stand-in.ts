import { join } from 'node:path';
import { StepFailure } from '../errors';
import { identityToken } from '../github/identity-token';
import { evaluateTexts } from '../language/evaluate';
import type { StandIn } from '../stand-ins/stand-in';
import type { JobState } from './job-state';
import type { StepRun } from './steps';

/** Does what stands in for an action, in the place of the step that uses it. */
export async function runStandIn(state: JobState, ran: StepRun, standIn: StandIn): Promise<void> {
  const { step, frame, env, outputs, write, signal } = ran;
  const { run, setting } = state;
  const given = evaluateTexts(step.template.with, state.scope(frame, env));
  const inputs = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  await standIn.run({
    uses: step.uses ?? '',
    world: run.world,
    env: { ...state.env, ...frame.env, ...env },
    signal,
    job: {
      workspace: state.workspace,
      temp: state.temp,
      permissions: setting.permissions,
      sha: run.record.sha,
      ref: run.record.ref,
      registries: state.registries,
      artifacts: join(run.directory, 'artifacts'),
      identityToken: (audience) => {
        if (setting.permissions['id-token'] !== 'write') {
          throw new StepFailure(
            'Credentials could not be loaded: the job gets no identity token. Did you mean to set the `id-token` permission?',
          );
        }
        return identityToken(run.claims(setting.environment), audience);
      },
    },
    input: (name, otherwise = '') => {
      const value = inputs.get(name);
      return value === undefined || value === '' ? otherwise : value;
    },
    log: write,
    warn: (message) => {
      write(`Warning: ${message}`);
      state.annotate({ level: 'warning', message });
    },
    mask: (value) => state.masks.add(value),
    setOutput: (name, value) => {
      outputs[name] = value;
    },
    setEnvironment: (name, value) => {
      state.env[name] = value;
    },
    addPath: (directory) => {
      state.path.push(directory);
    },
  });
}
