import type { StoppedTasks } from '../../release/outcome';
import type { Evidence, Known } from '../cause';
import { byReason, exitStatus, inContainer, lastLine, textOf, whenEnded } from '../words';

const exited = (group: StoppedTasks): group is StoppedTasks & { exitCode: number } =>
  group.stopCode === 'EssentialContainerExited' && group.exitCode !== undefined;

const program = /\.(image|command|entryPoint|workingDirectory)$/;

/** Of a container that was started, or was to be. */
export const processes: readonly Known[] = [
  {
    name: 'wrong-architecture',
    touches: /\.image$|runtimePlatform/,
    find: ({ stopped, facts }) => {
      const group = stopped.find(
        (each) =>
          /exec format error/i.test(textOf(each)) ||
          each.logLines.some((line) => /exec format error/i.test(line)),
      );
      if (group === undefined) return undefined;
      const platform = facts?.cpuArchitecture === 'ARM64' ? 'linux/arm64' : 'linux/amd64';
      return {
        sentence: `the image of ${inContainer(group)} is built for another architecture than the task runs on, ${platform} (exec format error)`,
        fix: `build it for ${platform} ("docker build --platform ${platform}"), or set "runtimePlatform.cpuArchitecture" of the task definition to what it is built for`,
        certainty: 'certain',
      };
    },
  },
  {
    name: 'out-of-memory',
    touches: /memory|\.image$/i,
    find: ({ stopped, facts }) => {
      const group = stopped.find((each) => /OutOfMemory/i.test(textOf(each)));
      if (group === undefined) return undefined;
      const limit = facts?.containers.find(({ name }) => name === group.container)?.memory;
      return {
        sentence: `${inContainer(group)} was killed for memory (exit status ${group.exitCode ?? 137}, OutOfMemoryError)`,
        fix: `raise "memory" of the task (or the container${limit === undefined ? '' : `, which has ${limit} MiB`}), or find what uses so much`,
        certainty: 'certain',
      };
    },
  },
  {
    name: 'cannot-start',
    touches: program,
    find: byReason(/CannotStartContainer|CannotCreateContainer|ContainerRuntimeError/i, (group, text) => {
      const why =
        /(exec: .*|stat .*)$/is.exec(text)?.[1] ??
        text.replace(/^.*?(CannotStartContainer|CannotCreateContainer|ContainerRuntime)\w*:\s*/is, '');
      return {
        sentence: `${inContainer(group)} cannot be started: ${why.slice(0, 240)}`,
        fix: /not found|no such file/i.test(why)
          ? 'the program is not in the image: correct "command", "entryPoint" or "workingDirectory"'
          : /permission denied/i.test(why)
            ? 'the program may not be executed: "chmod +x" it in the image'
            : 'check "command", "entryPoint" and "workingDirectory", and that the image is built for the architecture of the task',
        certainty: 'certain',
      };
    }),
  },
  {
    name: 'sidecar-ended',
    find: (evidence) => {
      const group = evidence.stopped.find(exited);
      const main = mainContainer(evidence);
      if (group?.container === undefined || main === undefined || group.container === main) return undefined;
      return {
        sentence: `container ${group.container}, which is essential, ended ${whenEnded(group)} with ${exitStatus(group.exitCode)}, and took ${main} down with it${lastLine(group)}`,
        fix: `mend it, or set "essential": false on ${group.container} if ${main} can do without`,
        certainty: 'certain',
      };
    },
  },
  {
    name: 'command-not-found',
    touches: program,
    find: ({ stopped }) => {
      const group = stopped.find((each) => exited(each) && (each.exitCode === 127 || each.exitCode === 126));
      if (group?.exitCode === undefined) return undefined;
      return {
        sentence: `${inContainer(group)} exits ${whenEnded(group)} with ${exitStatus(group.exitCode)}${lastLine(group)}`,
        fix:
          group.exitCode === 127
            ? 'a program that "command" or the start script calls is not in the image: install it, or correct the command'
            : 'a program that "command" or the start script calls may not be executed: "chmod +x" it in the image',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'ended-by-itself',
    touches: program,
    find: ({ stopped }) => {
      const group = stopped.find((each) => exited(each) && each.exitCode === 0);
      if (group === undefined) return undefined;
      return {
        sentence: `${inContainer(group)} ends by itself ${whenEnded(group)} with exit status 0, but an essential container must keep running${lastLine(group)}`,
        fix: 'let the process stay in the foreground; what is to end belongs into "slipway run" or a scheduled task; see the log lines below',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'killed',
    touches: /memory|\.image$/i,
    find: ({ stopped }) => {
      const group = stopped.find((each) => exited(each) && each.exitCode === 137);
      if (group === undefined) return undefined;
      return {
        sentence: `${inContainer(group)} was killed ${whenEnded(group)} with exit status 137 (SIGKILL)${lastLine(group)}`,
        fix: 'without OutOfMemoryError it was most likely memory of a child process, or the container did not stop on SIGTERM within "stopTimeout": raise "memory", or handle SIGTERM',
        certainty: 'likely',
      };
    },
  },
  {
    name: 'crash',
    touches: /\.image$|environment|secrets|command/,
    find: ({ stopped, facts }) => {
      const group = stopped.find(exited);
      if (group === undefined) return undefined;
      const driver = facts?.containers.find(({ name }) => name === group.container)?.logDriver;
      return {
        sentence: `${inContainer(group)} exits ${whenEnded(group)} with ${exitStatus(group.exitCode)}${lastLine(group)}`,
        fix:
          group.logLines.length > 0
            ? 'the log lines below say where; run the image with the same environment to see it again'
            : driver === undefined || driver === 'awslogs'
              ? 'it wrote no log lines: check "logConfiguration", then run the image with the same environment'
              : `its log goes to ${driver}: look there, or run the image with the same environment`,
        certainty: 'certain',
      };
    },
  },
];

/** The one that the load balancer sends to, else the first essential one; undefined where there is only one. */
function mainContainer({ facts }: Evidence): string | undefined {
  const containers = facts?.containers ?? [];
  if (containers.length < 2) return undefined;
  return facts?.balanced?.container ?? containers.find(({ essential }) => essential)?.name;
}
