/** A JSON-like object: what a client sent, or what it gets. Names are those of the AWS model, in its own case. */
export type Message = Record<string, unknown>;

/** Who called, as far as an operation may need it. */
export interface Caller {
  accessKeyId: string;
  region: string;
  /** Of this call; the same as in the `x-amzn-requestid` header. */
  requestId: string;
}

/**
 * One operation of an AWS service. Instants in the answer are numbers in JSON services (epoch seconds) and
 * ISO 8601 strings in Query services, as on the wire.
 * @throws ApiError for what AWS would refuse; anything else becomes the service's internal failure.
 */
export type Operation = (input: Message, caller: Caller) => Message | Promise<Message>;

/** The operations of one service by their name, e.g. `DescribeServices`. */
export type ServiceOperations = Readonly<Record<string, Operation>>;

/** An error that an AWS service answers with. */
export class ApiError extends Error {
  /**
   * @param code as on the wire, e.g. `ClusterNotFoundException`.
   * @param fields further members of the error's shape, e.g. `resourceIds` of ConflictException.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode: number = 400,
    readonly fields: Message = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The named member as a string; undefined where it was not given. Of another type is a SerializationException, as at AWS. */
export function optionalString(input: Message, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ApiError('SerializationException', `${name}: expected a string, found ${JSON.stringify(value)}`);
}

/** The named member as text: a number or boolean is written out, since Query sends all three alike. */
export function optionalText(input: Message, name: string): string | undefined {
  const value = input[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return optionalString(input, name);
}

/** The named member as a string. Missing or empty is the service's validation error. */
export function requiredString(input: Message, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined || value === '') {
    throw new ApiError(
      'ValidationException',
      `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** The named member as a list; empty where it was not given. Query writes an empty one as an empty text. */
export function list<T = string>(input: Message, name: string): readonly T[] {
  const value = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value as T[];
  throw new ApiError('SerializationException', `${name}: expected a list, found ${JSON.stringify(value)}`);
}
