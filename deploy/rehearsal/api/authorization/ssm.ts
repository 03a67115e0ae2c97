import type { Message } from '../operation';
import { each, tagging, text, texts, type Asked, type ServiceActs } from './acts';

/** `/slipway/staging` is `parameter/slipway/staging`, and so is a name without the slash; versions do not count. */
const parameter = (name: string, asked: Asked) => {
  if (name.startsWith('arn:')) return name;
  // What AWS publishes belongs to no account.
  if (name.startsWith('/aws/service/')) return `arn:aws:ssm:${asked.region}::parameter${name}`;
  return asked.arn(
    'ssm',
    `parameter/${name
      .replace(/^\//, '')
      .replace(/\/$/, '')
      .replace(/:[^/]*$/, '')}`,
  );
};

const named = (input: Message, asked: Asked) => [parameter(text(input, 'Name'), asked)];

const tagged = (input: Message, asked: Asked) =>
  text(input, 'ResourceType') === 'Parameter' ? [parameter(text(input, 'ResourceId'), asked)] : [];

/** Source: Service Authorization Reference, AWS Systems Manager. */
export const ssm: ServiceActs = {
  prefix: 'ssm',
  resources: {
    ...each(['GetParameter', 'GetParameterHistory', 'PutParameter', 'DeleteParameter'], named),
    ...each(['GetParameters', 'DeleteParameters'], (input, asked) =>
      texts(input, 'Names').map((name) => parameter(name, asked)),
    ),
    GetParametersByPath: (input, asked) => [parameter(text(input, 'Path'), asked)],
    ...each(['AddTagsToResource', 'RemoveTagsFromResource', 'ListTagsForResource'], tagged),
    StartSession: (input, asked) => {
      // `ecs:CLUSTER_TASK_RUNTIME`, or a machine.
      const [, cluster, task] = /^ecs:([^_]+)_([^_]+)_/.exec(text(input, 'Target')) ?? [];
      if (cluster !== undefined) return [asked.arn('ecs', `task/${cluster}/${task}`)];
      return [asked.arn('ec2', `instance/${text(input, 'Target')}`)];
    },
  },
  context: ({ input, operation }) =>
    operation === 'GetParametersByPath' ? { 'ssm:Recursive': String(input.Recursive === true) } : {},
  more: (asked) =>
    asked.operation === 'PutParameter'
      ? tagging(asked, 'ssm:AddTagsToResource', named(asked.input, asked))
      : [],
};
