/** A request as it came, its body whole and decoded of any content encoding. Header names are lower case. */
export interface WireRequest {
  method: string;
  /** Path as it came, still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  /** Path and query as they came, where known. */
  url?: string;
  /** The body as it came, where that differs. */
  raw?: Buffer;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Who signed a request, and for which service. */
export interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
}

/**
 * Reads the Signature Version 4 credential scope: from the Authorization header, or from the query of a presigned
 * URL. Signatures are not checked. SigV4a has no region in its scope.
 */
export function credentialScope(
  headers: Readonly<Record<string, string | undefined>>,
  query: URLSearchParams,
): CredentialScope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ??
    query.get('X-Amz-Credential') ??
    undefined;
  const parts = credential?.split('/') ?? [];
  if (parts.length < 4) return undefined;
  const service = parts[parts.length - 2] ?? '';
  const region = parts.length >= 5 ? (parts[parts.length - 3] ?? '') : '';
  return { accessKeyId: parts[0] ?? '', region, service };
}
