import { ApiError, type Message } from '../operation';
import { decodeCbor, encodeCbor } from './cbor';
import type { Codec } from './codec';

const headers = (requestId: string) => ({
  'content-type': 'application/cbor',
  'smithy-protocol': 'rpc-v2-cbor',
  'x-amzn-requestid': requestId,
});

/** smithy-rpc-v2-cbor, as botocore speaks it to CloudWatch: `POST /service/NAME/operation/OPERATION`. */
export const cborCodec: Codec = {
  operation: (request) => /\/service\/[^/]+\/operation\/([^/?]+)$/.exec(request.path)?.[1],

  input(request) {
    if (request.body.length === 0) return {};
    try {
      return decodeCbor(request.body) as Message;
    } catch (error) {
      throw new ApiError('SerializationException', error instanceof Error ? error.message : String(error));
    }
  },

  answer: (_service, _operation, output, requestId) => ({
    status: 200,
    headers: headers(requestId),
    body: encodeCbor(output),
  }),

  error: (_service, error, requestId) => ({
    status: error.statusCode,
    headers: headers(requestId),
    body: encodeCbor({ __type: error.code, message: error.message, ...error.fields }),
  }),
};
