import type { ApiError, Message } from '../operation';
import type { ServiceDescription } from '../service';
import type { WireRequest, WireResponse } from '../wire';

/** One wire protocol: how a request is read, and how answers and errors are written. */
export interface Codec {
  /** Undefined where the request names no operation. */
  operation(request: WireRequest): string | undefined;
  /** @throws ApiError `SerializationException` where the body cannot be read. */
  input(request: WireRequest): Message;
  answer(service: ServiceDescription, operation: string, output: Message, requestId: string): WireResponse;
  error(service: ServiceDescription, error: ApiError, requestId: string): WireResponse;
}
