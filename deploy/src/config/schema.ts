/**
 * What may stand in slipway.yml. The only list: it checks the file, makes the JSON schema for editors and the
 * reference page, and is what a wrong key is compared with.
 */
export interface KeySchema {
  /** `json` is anything at all. */
  type: 'string' | 'number' | 'boolean' | 'duration' | 'object' | 'map' | 'list' | 'json';
  description: string;
  required?: boolean;
  default?: string | number | boolean;
  /** Keys of an `object`; of each value of a `map` or `list` unless `values` says that they are texts. */
  keys?: Readonly<Record<string, KeySchema>>;
  /** Of a `map` or `list` whose values are texts. */
  values?: 'text';
  /** The only values, where there is a choice. */
  choices?: readonly string[];
  /** Of a number: the least that it may be. */
  least?: number;
  /** Of an `object`: sets of keys of which one must be there whole; the first, where none has begun. */
  either?: readonly (readonly string[])[];
}

const outputs: KeySchema = {
  type: 'string',
  description:
    'Where infrastructure put what it exports: ssm:///path, s3://bucket/key, https://host/path, remote://host/organization/workspace, or a file (Terraform state, "terraform output -json", cdktf outputs file). A file is relative to this one.',
};

const region: KeySchema = {
  type: 'string',
  description: 'AWS region. Without it AWS_REGION counts, then the AWS profile.',
};

const step: Readonly<Record<string, KeySchema>> = {
  name: { type: 'string', required: true, description: 'What the log calls it.' },
  command: {
    type: 'list',
    values: 'text',
    required: true,
    description: 'Command of the task, word by word: [node, migrate.js].',
  },
  container: {
    type: 'string',
    description: 'Container of the task definition that runs it; the first without it.',
  },
  timeout: { type: 'duration', default: '10m', description: 'How long it may take before it has failed.' },
};

const cooldown = (what: string): KeySchema => ({
  type: 'duration',
  default: '300s',
  description: `How long ${what}.`,
});

const autoscaling: KeySchema = {
  type: 'object',
  description:
    'How many tasks run, and by what: applied by the deploy. The desired count is then never sent.',
  keys: {
    min: { type: 'number', least: 0, required: true, description: 'The fewest tasks.' },
    max: { type: 'number', least: 0, required: true, description: 'The most tasks.' },
    target_tracking: {
      type: 'list',
      description: 'Keep a metric at a value.',
      keys: {
        metric: {
          type: 'string',
          required: true,
          choices: ['cpu', 'memory', 'requests'],
          description: 'What is measured: average CPU or memory, or requests to the load balancer.',
        },
        target: {
          type: 'number',
          least: 0,
          required: true,
          description: 'Percent; of requests, how many one task is to get in a minute.',
        },
        scale_in_cooldown: cooldown('it waits after it took tasks away'),
        scale_out_cooldown: cooldown('it waits after it added tasks'),
      },
    },
    step: {
      type: 'list',
      description: 'Add or take away tasks by how far a metric is from a threshold.',
      keys: {
        name: { type: 'string', required: true, description: 'Name of the policy and its alarm.' },
        metric: {
          type: 'string',
          required: true,
          choices: ['cpu', 'memory'],
          description: 'What is measured.',
        },
        comparison: {
          type: 'string',
          default: '>=',
          choices: [
            '>=',
            '>',
            '<',
            '<=',
            'GreaterThanOrEqualToThreshold',
            'GreaterThanThreshold',
            'LessThanThreshold',
            'LessThanOrEqualToThreshold',
          ],
          description: 'How the metric is compared with the threshold.',
        },
        threshold: { type: 'number', required: true, description: 'Percent.' },
        adjustments: {
          type: 'list',
          required: true,
          description: 'What to do, by where the metric is.',
          keys: {
            from: { type: 'number', description: 'From this percentage on.' },
            to: { type: 'number', description: 'Up to this percentage.' },
            by: { type: 'number', required: true, description: 'Tasks more, or fewer with a minus.' },
          },
        },
        cooldown: cooldown('it waits before it acts again'),
      },
    },
  },
};

const taskDefinition: KeySchema = {
  type: 'string',
  description:
    'File with the task definition (JSON, JSON with comments, YAML or Jsonnet), relative to this one.',
};

/** Keys of a service: on top where there is one, in `services` where there are several. */
export const serviceKeys: Readonly<Record<string, KeySchema>> = {
  task_definition: taskDefinition,
  service_definition: {
    type: 'string',
    description: 'File with the service definition, relative to this one.',
  },
  depends_on: {
    type: 'list',
    values: 'text',
    description: 'Services of this file that are deployed before this one.',
  },
  before: {
    type: 'list',
    keys: step,
    description:
      'One-off tasks with the new image and the network of the service, before it is updated: migrations. One that fails ends the deploy.',
  },
  after: { type: 'list', keys: step, description: 'One-off tasks with the new image, once it serves.' },
  smoke: {
    type: 'list',
    description: 'Requests that must be answered rightly once the new version serves.',
    keys: {
      url: {
        type: 'string',
        required: true,
        description: 'Address, usually {{ output `service_url` }} and a path.',
      },
      status: { type: 'number', least: 100, default: 200, description: 'Status that the answer must have.' },
      contains: { type: 'string', description: 'Text that the answer must hold.' },
      timeout: {
        type: 'duration',
        default: '60s',
        description: 'How long it is tried again before it has failed.',
      },
    },
  },
  autoscaling,
  codedeploy: {
    type: 'object',
    description: 'As in ecspresso.yml: which application and group deploy a service of CodeDeploy.',
    keys: {
      application_name: { type: 'string', description: 'Application of CodeDeploy.' },
      deployment_group_name: { type: 'string', description: 'Deployment group of CodeDeploy.' },
      deployment_config_name: { type: 'string', description: 'Deployment configuration of CodeDeploy.' },
    },
  },
  appspec: {
    type: 'json',
    description: 'As in ecspresso.yml: Hooks of the AppSpec that "slipway appspec" prints.',
  },
};

const cluster: KeySchema = {
  type: 'string',
  default: 'default',
  description: 'Name of the ECS cluster, usually {{ output `cluster_name` }}.',
};
const timeout: KeySchema = {
  type: 'duration',
  default: '10m',
  description: 'How long a deployment may take before slipway stops watching: 15m, 1h30m, 90s.',
};

export const configSchema: KeySchema = {
  type: 'object',
  description: 'What slipway deploys, and where.',
  either: [['service', 'task_definition'], ['services']],
  keys: {
    service: { type: 'string', description: 'Name of the ECS service.' },
    cluster,
    region,
    ...serviceKeys,
    timeout,
    services: {
      type: 'map',
      description:
        'By name: several ECS services that are deployed together, each with its keys; cluster and timeout on top count for those that have none.',
      keys: {
        cluster: { type: 'string', description: 'Name of the ECS cluster; the one on top without it.' },
        ...serviceKeys,
        task_definition: { ...taskDefinition, required: true },
        timeout: { type: 'duration', description: 'As on top, which counts without it.' },
      },
    },
    outputs,
    environments: {
      type: 'map',
      description:
        'By name: what differs from one environment to the next. With more than one, every command names one.',
      keys: {
        region,
        outputs,
        env: {
          type: 'map',
          values: 'text',
          description: 'Variables for {{ env }} and {{ must_env }}; those of the process come first.',
        },
      },
    },
    plugins: {
      type: 'list',
      description: 'As in ecspresso.yml: more template functions. ssm and secretsmanager are always there.',
      keys: {
        name: {
          type: 'string',
          required: true,
          choices: ['tfstate', 'ssm', 'secretsmanager', 'cloudformation'],
          description: 'Which plugin.',
        },
        func_prefix: { type: 'string', description: 'Put before the names of its functions.' },
        config: {
          type: 'object',
          description: 'For tfstate: which state.',
          keys: {
            path: { type: 'string', description: 'State file, relative to this one.' },
            url: { type: 'string', description: 'State behind s3://, http(s)://, remote:// or file://.' },
            optional: {
              type: 'boolean',
              default: false,
              description: 'Take a state that cannot be read as an empty one, with a warning.',
            },
          },
        },
      },
    },
    ignore: {
      type: 'object',
      description: 'What a deploy leaves as it is.',
      keys: {
        tags: {
          type: 'list',
          values: 'text',
          description: 'Keys of tags of the service and of the task definition.',
        },
      },
    },
    required_version: {
      type: 'string',
      description:
        'As in ecspresso.yml: which versions of ecspresso this file is for (">= 2.0.0, < 3"), compared with the one that slipway is compatible with.',
    },
    filter_command: {
      type: 'string',
      description: 'As in ecspresso.yml; has no effect, since slipway never asks you to pick from a list.',
    },
    $schema: { type: 'string', description: 'For editors.' },
  },
};
