/**
 * What may stand in slipway.yml. The only list: it checks the file, makes the JSON schema for editors, and is what
 * a wrong key is compared with.
 */
export interface KeySchema {
  type: 'string' | 'duration' | 'object' | 'map' | 'list';
  description: string;
  required?: boolean;
  default?: string;
  /** Keys of an `object`; of each value of a `map` or `list` unless `values` says that they are texts. */
  keys?: Readonly<Record<string, KeySchema>>;
  /** Of a `map` whose values are texts. */
  values?: 'text';
  /** The only values, where there is a choice. */
  choices?: readonly string[];
}

const outputs: KeySchema = {
  type: 'string',
  description:
    'Where infrastructure put what it exports: ssm:///path, s3://bucket/key, https://host/path, or a file (Terraform state, "terraform output -json", cdktf outputs file). A file is relative to this one.',
};

const region: KeySchema = {
  type: 'string',
  description: 'AWS region. Without it AWS_REGION counts, then the AWS profile.',
};

export const configSchema: KeySchema = {
  type: 'object',
  description: 'What slipway deploys, and where.',
  keys: {
    service: { type: 'string', required: true, description: 'Name of the ECS service.' },
    cluster: {
      type: 'string',
      default: 'default',
      description: 'Name of the ECS cluster, usually {{ output `cluster_name` }}.',
    },
    region,
    task_definition: {
      type: 'string',
      required: true,
      description: 'File with the task definition (JSON, JSON with comments, or YAML), relative to this one.',
    },
    service_definition: {
      type: 'string',
      description: 'File with the service definition, relative to this one.',
    },
    timeout: {
      type: 'duration',
      default: '10m',
      description: 'How long a deployment may take before slipway stops watching: 15m, 1h30m, 90s.',
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
          choices: ['tfstate', 'ssm', 'secretsmanager'],
          description: 'Which plugin.',
        },
        func_prefix: { type: 'string', description: 'Put before the names of its functions.' },
        config: {
          type: 'object',
          description: 'For tfstate: which state.',
          keys: {
            path: { type: 'string', description: 'State file, relative to this one.' },
            url: { type: 'string', description: 'State behind s3://, http(s):// or file://.' },
          },
        },
      },
    },
  },
};
