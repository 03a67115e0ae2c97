import type { ErrorCode } from './errors';

export interface ErrorMeaning {
  /** What is the matter: one line, lower case, no final stop; names of files, keys and options in backticks. */
  meaning: string;
  /** What mends it, in the same form. */
  todo: string;
}

/**
 * Each error code explained, for deploy/docs/errors.md. The error itself says more: the value, the place and a hint of
 * its own. A code without a meaning does not compile.
 */
export const errorMeanings: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  CONFIG_NOT_FOUND: {
    meaning: 'no `slipway.yml` or `ecspresso.yml` was found, or the one that was named cannot be read',
    todo: 'change to the directory of the app, or name the file with `--config`',
  },
  CONFIG_INVALID: {
    meaning: 'the config, or an envfile, has a key, value or line that is wrong',
    todo: 'correct it where the message says; the keys are in [configuration.md](configuration.md)',
  },
  ENVIRONMENT_UNKNOWN: {
    meaning: 'the config declares several environments and none was named, or none of that name',
    todo: 'name one that `environments` in the config declares',
  },
  USAGE: {
    meaning: 'a command, option, value or combination of them does not exist or makes no sense',
    todo: 'see `slipway --help`, `slipway COMMAND --help` or [commands.md](commands.md)',
  },
  FILE_NOT_FOUND: {
    meaning: 'a definition, state, envfile or file of outputs is not there, or cannot be read',
    todo: 'correct the path; in the config it is relative to the config file',
  },
  FILE_FOREIGN: {
    meaning:
      'a file is there, but is not what was expected: no Terraform state, no outputs, an unknown ending',
    todo: 'let the config name the right file',
  },
  JSONNET_MISSING: {
    meaning: 'a Jsonnet file is to be read, and the command `jsonnet` is not on PATH',
    todo: 'install it: `apt-get install jsonnet` or `brew install go-jsonnet`',
  },
  ENV_UNSET: {
    meaning: 'a template wants a variable with `must_env` that is not set',
    todo: 'set it in the process, in `env` of the environment or with `--envfile`; `--image` sets `IMAGE`',
  },
  TEMPLATE_SYNTAX: {
    meaning: 'a template cannot be parsed or evaluated',
    todo: 'correct it at the file, line and column of the message',
  },
  OUTPUT_UNKNOWN: {
    meaning: 'a template asks for an output, or an address of a state, that does not exist',
    todo: 'correct the name (the message has the nearest one), or let infrastructure export it',
  },
  OUTPUT_TYPE: {
    meaning: 'an output has another type than its place wants, such as a list where a text stands',
    todo: 'use one of the right type, or pick one of a list: ``{{ index (output `name`) 0 }}``',
  },
  CONTRACT_MISSING: {
    meaning:
      'nothing is published where `outputs` points, the app has no `contract.json`, or an output is gone',
    todo: 'apply the infrastructure of the environment, or correct `outputs` and the region',
  },
  DEFINITION_INVALID: {
    meaning:
      'a task or service definition has unknown fields, wrong types, or values that do not go together',
    todo: 'correct what the message lists; nothing was registered',
  },
  PREFLIGHT_FAILED: {
    meaning: 'the checks found what would make the deployment fail',
    todo: 'mend each finding; [preflight.md](preflight.md) lists the checks',
  },
  IMAGE_NOT_FOUND: {
    meaning: 'the image is not in its registry',
    todo: 'push it first, or correct `--image`',
  },
  CLUSTER_NOT_FOUND: {
    meaning: 'ECS knows no such cluster in this account and region',
    todo: 'apply the infrastructure first, or check cluster, region and credentials',
  },
  SERVICE_NOT_FOUND: {
    meaning: 'the service does not exist, and the command needs one that does',
    todo: 'deploy it first; a deploy creates it if the config names a `service_definition`',
  },
  SERVICE_DRAINING: {
    meaning: 'the service is being deleted, and its tasks still end',
    todo: 'wait until `slipway status` shows it gone, then deploy again',
  },
  SERVICE_UNSUPPORTED: {
    meaning:
      'the service cannot be changed like that: CodeDeploy deploys it, it is a DAEMON, or a field is fixed for good',
    todo: 'do what the hint says; for CodeDeploy that is the way to blue/green of ECS itself',
  },
  ROLLBACK_IMPOSSIBLE: {
    meaning: 'there is no release to go back to, or the one that was named cannot run any more',
    todo: 'choose another with `--to`; `slipway history` lists them',
  },
  AWS_REFUSED: {
    meaning: 'AWS took a call for invalid, with the reason that the message gives',
    todo: 'change what the reason is about',
  },
  AUTOSCALING_OWNS_COUNT: {
    meaning: 'the count is outside of the bounds of autoscaling, which would undo it',
    todo: 'change the bounds too (`--min`, `--max`), or stop autoscaling first (`--suspend`)',
  },
  AUTOSCALING_NOT_FOUND: {
    meaning: 'bounds are to be changed, and nothing scales the service',
    todo: 'set the count with `--tasks`, or write `autoscaling` into the config and deploy',
  },
  NOTHING_TO_CONTINUE: {
    meaning: 'no deployment waits at a pause hook',
    todo: 'look at `slipway status`',
  },
  REVISION_NOT_FOUND: {
    meaning: 'ECS knows no such revision of the task definition',
    todo: 'choose one that `slipway revisions` lists',
  },
  REVISION_IN_USE: {
    meaning: 'the revision is to be deregistered, and something still needs it',
    todo: 'leave it, or deploy something else first; `slipway revisions` shows what needs it',
  },
  TASK_NOT_FOUND: {
    meaning: 'no task has an id that begins like this, or no task runs',
    todo: 'choose one that `slipway tasks --stopped` lists',
  },
  LOGS_UNAVAILABLE: {
    meaning: 'the lines of the containers are not in CloudWatch Logs, or cannot be told apart there',
    todo: 'read them where the log driver sends them, or use `awslogs` with a group and a stream prefix',
  },
  EXEC_DISABLED: {
    meaning: 'ECS Exec was off when the task started',
    todo: 'set `enableExecuteCommand` in the service definition, deploy, and take a newer task',
  },
  SESSION_MANAGER_PLUGIN_MISSING: {
    meaning: 'the program `session-manager-plugin` of AWS is not on PATH',
    todo: 'install it; the message has the address of the instructions',
  },
  TASK_AMBIGUOUS: {
    meaning: 'several tasks fit, and there is no terminal to ask in',
    todo: 'name one with `--task`, or give more letters of its id',
  },
  TASK_NOT_STARTED: {
    meaning: 'there was no room for a one-off task, or it stopped before its container ran',
    todo: 'mend the cause that the message gives; [causes.md](causes.md) lists them',
  },
  EXEC_NOT_CONNECTED: {
    meaning: 'the task takes no session',
    todo: 'allow `ssmmessages` to its task role, and give its subnet a way there',
  },
  STEP_FAILED: {
    meaning: 'a step of `before` failed; the service was not updated',
    todo: 'mend the step; its last lines are with the error',
  },
  DEPLOYMENT_IN_PROGRESS: {
    meaning: 'another deployment of the service is going on',
    todo: 'wait for it (`--wait-for-current`, or `slipway wait`), or replace it (`--supersede`)',
  },
  NOT_ALLOWED: {
    meaning: 'the credentials are refused, or lack the permission that the message names',
    todo: 'give it to the role that runs the command, or use other credentials',
  },
  CREDENTIALS_EXPIRED: {
    meaning: 'the credentials have expired; a deployment that was started goes on without being watched',
    todo: 'sign in again, then `slipway wait` follows it to its end',
  },
  CREDENTIALS_MISSING: {
    meaning: 'no AWS credentials were found',
    todo: 'set `AWS_PROFILE` or the keys, choose a profile with `--profile`, or sign in',
  },
  UNREACHABLE: {
    meaning: 'AWS, or another server that the config names, cannot be reached',
    todo: 'check network, proxy, region and `AWS_ENDPOINT_URL`; a deployment that was started goes on',
  },
  AWS_UNAVAILABLE: {
    meaning: 'AWS keeps answering with errors of its own, or throttles',
    todo: 'try again later; `slipway wait` follows a deployment that was started',
  },
  INTERRUPTED: {
    meaning: 'Ctrl-C or SIGTERM ended the run',
    todo: 'read what became of the deployment in the last lines, or ask `slipway status`',
  },
};
