import { behave, LOGS, type Staged } from '../rehearsed';

/** How containers end that were started. */
export const running: readonly Staged[] = [
  {
    known: 'crash',
    tag: 'crash',
    cause: /^container web exits at start with exit status 1: Error: DATABASE_URL is not set$/,
    fix: /log lines below/,
    evidence: { exitCode: 1, logLines: ['starting', 'Error: DATABASE_URL is not set', '    at main.js:3:9'] },
  },
  {
    known: 'crash',
    title: 'its log goes elsewhere',
    tag: 'crash',
    container: { logConfiguration: { logDriver: 'awsfirelens' } },
    cause: /^container web exits at start with exit status 1$/,
    fix: /its log goes to awsfirelens/,
    evidence: { logNote: expect.stringContaining('goes to awsfirelens') as string },
  },
  {
    known: 'command-not-found',
    before: behave({ output: ['sh: migrate: not found'], exits: { after: 100, code: 127 } }),
    cause: /exit status 127 \(the command was not found\): sh: migrate: not found$/,
    fix: /not in the image/,
  },
  {
    known: 'ended-by-itself',
    before: behave({ output: ['done'], exits: { after: 100, code: 0 } }),
    cause: /ends by itself at start with exit status 0.*: done$/,
    fix: /slipway run/,
  },
  {
    known: 'cannot-start',
    before: behave({
      failsToStart:
        'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nodee": executable file not found in $PATH',
    }),
    cause: /^container web cannot be started: exec: "nodee": executable file not found in \$PATH$/,
    fix: /correct "command"/,
  },
  {
    known: 'out-of-memory',
    // Killed long before it counts as ready, however busy this machine is.
    options: { settings: { readyWithoutCheckAfterReal: 1000 } },
    sabotage: ({ rehearsal }) => rehearsal.faults.set('out-of-memory', { delay: 1, subject: 'ok-2' }),
    cause: /^container web was killed for memory \(exit status 137, OutOfMemoryError\)$/,
    fix: /raise "memory"/,
    evidence: { exitCode: 137, signal: 'SIGKILL' },
  },
  {
    known: 'killed',
    before: behave({ exits: { after: 100, code: 137 } }),
    cause: /was killed at start with exit status 137 \(SIGKILL\)/,
    fix: /handle SIGTERM/,
    certainty: 'likely',
  },
  {
    known: 'sidecar-ended',
    taskDefinition: {
      containerDefinitions: [
        {
          name: 'web',
          image: '{{ must_env `IMAGE` }}',
          portMappings: [{ containerPort: 8080 }],
          logConfiguration: LOGS,
        },
        { name: 'proxy', image: 'sample/crash:1', logConfiguration: LOGS },
      ],
    },
    cause:
      /^container proxy, which is essential, ended at start with exit status 1, and took web down with it: Error/,
    fix: /"essential": false on proxy/,
    evidence: { container: 'proxy' },
  },
];
