import { randomBytes } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { Parameter, Store } from '../store';
import { numberOr, page, sortedBy } from './page';

const PAGE = 10;

/** Systems Manager's Parameter Store. SecureString values are kept as they are given. */
export function ssm(store: Store, now: () => number): ServiceOperations {
  const found = (name: string) => {
    const parameter = findParameter(store, name);
    if (parameter === undefined) throw new ApiError('ParameterNotFound', '');
    return parameter;
  };
  const resourceArn = (input: Message) => found(requiredString(input, 'ResourceId')).arn;
  return {
    GetParameter: (input) => ({ Parameter: written(found(requiredString(input, 'Name'))) }),

    GetParameters: (input) => {
      const names = list(input, 'Names');
      const parameters = names.map((name) => ({ name, parameter: findParameter(store, name) }));
      return {
        Parameters: parameters.flatMap(({ parameter }) => (parameter ? [written(parameter)] : [])),
        InvalidParameters: parameters
          .filter(({ parameter }) => parameter === undefined)
          .map(({ name }) => name),
      };
    },

    GetParametersByPath: (input) => {
      const path = requiredString(input, 'Path');
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const below = sortedBy(store.parameters.values(), (parameter) => parameter.name).filter(
        ({ name }) =>
          name.startsWith(prefix) && (input.Recursive === true || !name.slice(prefix.length).includes('/')),
      );
      const size = numberOr(input.MaxResults, PAGE, { max: PAGE });
      const { entries, next } = page(below, (parameter) => parameter.name, size, input.NextToken);
      return { Parameters: entries.map(written), NextToken: next };
    },

    PutParameter: (input) => {
      const name = requiredString(input, 'Name');
      const existing = store.parameters.get(name);
      if (existing !== undefined && input.Overwrite !== true) {
        throw new ApiError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      const value = requiredString(input, 'Value');
      if (Buffer.byteLength(value) > 4096 && input.Tier === undefined) {
        throw new ApiError(
          'ValidationException',
          'Standard tier parameters support a maximum parameter value of 4096 characters. ' +
            'To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.',
        );
      }
      const version = (existing?.version ?? 0) + 1;
      store.parameters.set(name, {
        name,
        arn: parameterArn(store, name),
        type: typeof input.Type === 'string' ? input.Type : (existing?.type ?? 'String'),
        value,
        version,
        lastModified: now(),
        description: optionalString(input, 'Description') ?? existing?.description,
        tier: optionalString(input, 'Tier') ?? existing?.tier,
      });
      store.tags.add(parameterArn(store, name), input.Tags);
      return { Version: version, Tier: optionalString(input, 'Tier') ?? existing?.tier ?? 'Standard' };
    },

    DeleteParameter: (input) => {
      const { name, arn } = found(requiredString(input, 'Name'));
      store.parameters.delete(name);
      store.tags.drop(arn);
      return {};
    },

    DescribeParameters: (input) => {
      const filters = list<ParameterFilter>(input, 'ParameterFilters');
      const parameters = sortedBy(store.parameters.values(), (parameter) => parameter.name).filter(
        (parameter) => filters.every((filter) => passes(parameter, filter)),
      );
      const size = numberOr(input.MaxResults, 50, { max: 50 });
      const { entries, next } = page(parameters, (parameter) => parameter.name, size, input.NextToken);
      return { Parameters: entries.map(described), NextToken: next };
    },

    /** Of Session Manager, as far as the API goes: nothing listens behind it. */
    StartSession: (input) => {
      const target = requiredString(input, 'Target');
      if (!/^(ecs:[^_]+_[0-9a-f]{32}_\S+|i-[0-9a-f]+)$/.test(target))
        throw new ApiError('TargetNotConnected', `${target} is not connected.`);
      const SessionId = `slipway-${randomBytes(8).toString('hex')}`;
      return {
        SessionId,
        StreamUrl: `wss://ssmmessages.${store.region}.amazonaws.com/v1/data-channel/${SessionId}?role=publish_subscribe`,
        TokenValue: randomBytes(20).toString('hex'),
      };
    },

    GetParameterHistory: (input) => {
      const parameter = found(requiredString(input, 'Name'));
      return { Parameters: [{ ...described(parameter), Value: parameter.value, Labels: [] }] };
    },

    ListTagsForResource: (input) => ({ TagList: store.tags.pairsOf(resourceArn(input)) }),

    AddTagsToResource: (input) => {
      store.tags.add(resourceArn(input), input.Tags);
      return {};
    },

    RemoveTagsFromResource: (input) => {
      store.tags.remove(resourceArn(input), list(input, 'TagKeys'));
      return {};
    },

    DeleteParameters: (input) => {
      const names = list(input, 'Names');
      const deleted = names.filter((name) => store.parameters.delete(name));
      return {
        DeletedParameters: deleted,
        InvalidParameters: names.filter((name) => !deleted.includes(name)),
      };
    },
  };
}

export function parameterArn(store: Store, name: string): string {
  return store.arn('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`);
}

/** By name, ARN, or either with `:version`. */
export function findParameter(store: Store, nameOrArn: string): Parameter | undefined {
  const path = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.+)$/.exec(nameOrArn)?.[1];
  const candidates = path === undefined ? [nameOrArn] : [path, path.slice(1)];
  for (const candidate of candidates) {
    const [name = '', version] = candidate.split(':');
    const parameter = store.parameters.get(name);
    if (parameter !== undefined && (version === undefined || version === String(parameter.version)))
      return parameter;
  }
  return undefined;
}

function written(parameter: Parameter): Message {
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.value,
    Version: parameter.version,
    LastModifiedDate: parameter.lastModified / 1000,
    ARN: parameter.arn,
    DataType: 'text',
  };
}

interface ParameterFilter {
  Key?: string;
  Option?: string;
  Values?: string[];
}

function passes({ name, type }: Parameter, { Key, Option, Values = [] }: ParameterFilter): boolean {
  const value = Key === 'Type' ? type : name;
  return Values.some((wanted) => {
    if (Option === 'BeginsWith') return value.startsWith(wanted);
    if (Option === 'Contains') return value.includes(wanted);
    if (Key === 'Path') return name.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`);
    return value === wanted;
  });
}

function described(parameter: Parameter): Message {
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: parameter.type,
    Description: parameter.description,
    LastModifiedDate: parameter.lastModified / 1000,
    Version: parameter.version,
    Tier: parameter.tier ?? 'Standard',
    Policies: [],
    DataType: 'text',
  };
}
