import { get } from 'node:http';
import type { Message } from '../../api/operation';
import { services } from '../../api/service';
import { childOf, parseXml, type XmlContent } from './parse-xml';

const READ_ATTEMPTS = 5;

/** moto said no. */
export class MotoRefusal extends Error {
  /** The thing that was asked for is not there, or not there any more. */
  readonly isNotFound: boolean;

  constructor(service: string, operation: string, status: number, text: string) {
    super(`moto refused ${service}:${operation} with ${status}: ${text.slice(0, 500)}`);
    this.isNotFound = status < 500 && text.includes('NotFound');
  }
}

/** Asks moto, which looks at no signature. */
export class MotoClient {
  constructor(
    private readonly endpoint: string,
    private readonly region: string,
  ) {}

  /** A JSON service. @throws Error with moto's own answer where it refuses. */
  async json(service: string, operation: string, input: Message): Promise<Message> {
    const prefix = services.find(({ signingName }) => signingName === service)?.targetPrefix ?? '';
    const text = await this.post(service, operation, JSON.stringify(input), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${prefix}.${operation}`,
    });
    return JSON.parse(text) as Message;
  }

  /** Every page of a list of a JSON service, `nextToken` or `NextToken`. */
  async jsonList(service: string, operation: string, list: string, input: Message = {}): Promise<Message[]> {
    const entries: Message[] = [];
    for (let more: Message = {}; ;) {
      const answer = await this.json(service, operation, { ...input, ...more });
      entries.push(...((answer[list] as Message[] | undefined) ?? []));
      if (typeof answer.nextToken === 'string') more = { nextToken: answer.nextToken };
      else if (typeof answer.NextToken === 'string') more = { NextToken: answer.NextToken };
      else return entries;
    }
  }

  /** A Query or EC2 service: the element that holds the answer. */
  async query(
    service: string,
    version: string,
    operation: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{ [name: string]: XmlContent | XmlContent[] }> {
    const body = new URLSearchParams({ Action: operation, Version: version, ...parameters }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const answer = childOf(
      parseXml(await this.post(service, operation, body, headers)),
      `${operation}Response`,
    );
    return `${operation}Result` in answer ? childOf(answer, `${operation}Result`) : answer;
  }

  /** An object of S3 up to a size; undefined where it is not there, or larger. */
  object(
    path: string,
    host: string | undefined,
    largest: number,
  ): Promise<{ body: Buffer; etag: string; contentType: string } | undefined> {
    return new Promise((resolve, reject) => {
      // `fetch` sets the host itself, and that may hold the bucket's name.
      const request = get(new URL(path, this.endpoint), {
        headers: { ...(host === undefined ? {} : { host }), authorization: this.authorization('s3') },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const { etag = '', 'content-type': contentType = 'binary/octet-stream' } = response.headers;
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(parts);
          const kept = response.statusCode === 200 && body.length <= largest;
          resolve(kept ? { body, etag: etag.replaceAll('"', ''), contentType } : undefined);
        });
      });
    });
  }

  private authorization(service: string): string {
    const credential = `rehearsal/20250101/${this.region}/${service}/aws4_request`;
    return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  }

  private async post(
    service: string,
    operation: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(this.endpoint, {
        method: 'POST',
        body,
        headers: { ...headers, authorization: this.authorization(service) },
      });
      const text = await response.text();
      if (response.ok) return text;
      // A list that another client changes while moto goes through it is answered 500.
      if (response.status < 500 || attempt === READ_ATTEMPTS)
        throw new MotoRefusal(service, operation, response.status, text);
    }
  }
}
