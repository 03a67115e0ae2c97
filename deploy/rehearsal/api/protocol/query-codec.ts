import { ApiError, type Message } from '../operation';
import type { WireRequest } from '../wire';
import type { Codec } from './codec';
import { parseForm } from './form';
import { escapeXml, toXml } from './xml';

const xml = { 'content-type': 'text/xml;charset=UTF-8' };

/** Parameters stand in the body of a POST, or in the query of a GET. */
function parameters(request: WireRequest): string {
  return request.method === 'GET' ? request.query.toString() : request.body.toString('utf8');
}

const input = (request: WireRequest): Message => parseForm(parameters(request));
const operation = (request: WireRequest) =>
  new URLSearchParams(parameters(request)).get('Action') ?? undefined;

/** AWS Query: form parameters in, `<XResponse><XResult>` out, lists as `<member>`. */
export const queryCodec: Codec = {
  operation,
  input,

  answer: (service, name, output, requestId) => ({
    status: 200,
    headers: { ...xml, 'x-amzn-requestid': requestId },
    body:
      `<${name}Response xmlns="${service.namespace}"><${name}Result>${toXml(output, 'member')}</${name}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`,
  }),

  error: (service, error, requestId) => ({
    status: error.statusCode,
    headers: { ...xml, 'x-amzn-requestid': requestId },
    body:
      `<ErrorResponse xmlns="${service.namespace}"><Error><Type>${error.statusCode < 500 ? 'Sender' : 'Receiver'}</Type>` +
      `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  }),
};

/** EC2's own dialect of Query: no result element, lists as `<item>`. */
export const ec2Codec: Codec = {
  operation,
  input,

  answer: (service, name, output, requestId) => ({
    status: 200,
    headers: { ...xml, 'x-amzn-requestid': requestId },
    body: `<${name}Response xmlns="${service.namespace}"><requestId>${requestId}</requestId>${toXml(output, 'item')}</${name}Response>`,
  }),

  error: (_service, error, requestId) => ({
    status: error.statusCode,
    headers: { ...xml, 'x-amzn-requestid': requestId },
    body:
      `<Response><Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>` +
      `</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  }),
};

/** S3's errors; its requests have no operation, their method and path say what is wanted. */
export const s3Codec: Codec = {
  operation: () => undefined,
  input: () => ({}),
  answer: () => {
    throw new ApiError('NotImplemented', 'S3 answers with its own documents', 501);
  },
  error: (_service, error, requestId) => ({
    status: error.statusCode,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body:
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message>${toXml(error.fields, 'member')}<RequestId>${requestId}</RequestId></Error>`,
  }),
};
