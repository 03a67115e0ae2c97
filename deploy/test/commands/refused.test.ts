import { testService } from '../helpers/service';

const count = (text: string, part: string) => text.split(part).length - 1;

it('says the one thing that is wrong once, with its place and what to do', async () => {
  const service = await testService();
  const { exitCode, stderr } = await service.run(['deploy', 'staging', '--image', service.image('gone')]);
  expect(exitCode).toBe(10);
  const text = stderr.replace(/\s+/g, ' ');
  expect(count(text, 'ECR has no image')).toBe(1);
  expect(count(text, 'push it first')).toBe(1);
  expect(text).toMatch(
    /ecs\/task-definition\.json:13:\d+\) \[images\].*slipway: web was refused before anything was changed: see above \[IMAGE_NOT_FOUND\] $/,
  );
});

it('is one annotation in a workflow, on its line', async () => {
  const service = await testService();
  const { stderr } = await service.run(['deploy', 'staging', '--image', service.image('gone')], {
    env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: service.directory },
  });
  const annotations = stderr.split('\n').filter((line) => line.startsWith('::'));
  expect(annotations).toEqual([
    expect.stringMatching(
      /^::error title=slipway images,file=app\/ecs\/task-definition\.json,line=13,col=\d+::ECR has no/,
    ),
  ]);
});

it('is whole in JSON, whose last line a program reads alone', async () => {
  const service = await testService();
  const { result } = await service.deploy('gone');
  expect(result).toMatchObject({
    type: 'error',
    code: 'IMAGE_NOT_FOUND',
    exitCode: 10,
    message: expect.stringMatching(
      /^web was refused .*task-definition\.json:13:\d+: ECR has no image/,
    ) as string,
    hint: expect.stringContaining('push it first') as string,
  });
});

it('words of a container are no options of slipway', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  service.behave('sample/ok:1', { output: ['made'], exits: { after: 100, code: 0 } });
  const { exitCode, stdout, stderr } = await service.run(
    ['run', 'staging', '--', 'report', '--json', '--verbose'],
    {},
  );
  expect(exitCode).toBe(0);
  expect(stdout).toBe('made\n');
  expect(stderr).toContain('ended with exit status 0');
});
