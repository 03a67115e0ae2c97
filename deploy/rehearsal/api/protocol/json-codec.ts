import { ApiError, type Message } from '../operation';
import type { ServiceDescription } from '../service';
import type { WireRequest } from '../wire';
import type { Codec } from './codec';

const contentType = (service: ServiceDescription) => `application/x-amz-json-${service.jsonVersion ?? '1.1'}`;

/** AWS JSON 1.0 and 1.1: the operation stands in `X-Amz-Target`, an error is `{"__type", "message"}` and no more. */
export const jsonCodec: Codec = {
  operation(request) {
    const target = request.headers['x-amz-target'];
    return target?.slice(target.lastIndexOf('.') + 1);
  },

  input: (request) => parseJson(request),

  answer: (service, _operation, output, requestId) => ({
    status: 200,
    headers: { 'content-type': contentType(service), 'x-amzn-requestid': requestId },
    body: JSON.stringify(output, service.protocol === 'json' ? undefined : instantsAsSeconds),
  }),

  error: (service, error, requestId) => ({
    status: error.statusCode,
    headers: { 'content-type': contentType(service), 'x-amzn-requestid': requestId },
    body: JSON.stringify({
      __type: error.code,
      ...(error.message === '' ? {} : { message: error.message }),
      ...error.fields,
    }),
  }),
};

function parseJson(request: WireRequest): Message {
  const text = request.body.toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError('SerializationException', '');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('SerializationException', 'Start of structure or map found where not expected.');
  }
  return value as Message;
}

/** CloudWatch speaks Query as well, so its operations answer with instants as `Date`. */
function instantsAsSeconds(this: Message, name: string, value: unknown): unknown {
  const original = this[name];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
