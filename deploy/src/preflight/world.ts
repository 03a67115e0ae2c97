import { failureOf, type Failure } from '../aws/failures';
import { createClient, type ClientConfig } from '../aws/clients';
import { SlipwayError } from '../errors';
import type { Context } from '../context';
import type { Problem } from './check';

/** Something could not be looked at; the warning about it is kept already. */
export class Unseen extends Error {
  constructor(
    readonly failure: Failure,
    readonly permission: string,
    override readonly cause: unknown,
  ) {
    super(`${permission}: ${failure}`);
  }
}

interface Client {
  destroy(): void;
  config: { serviceId: string };
  send: (...parameters: never[]) => unknown;
}

/** What a check sees of AWS: reads that are made once for all checks, and fail as `Unseen`. */
export interface World {
  region: string;
  client<C extends Client>(ClientClass: new (config: ClientConfig) => C, region?: string): C;
  /**
   * One read. `load` sends with a client and turns "not found" into a value; it makes no other read.
   * @param permission the IAM action: `iam:GetRole`. @param key tells this read from others of the same action.
   * @param quietly leaves no warning: the caller has another way.
   * @throws Unseen, and SlipwayError where credentials are at fault
   */
  read<T>(permission: string, key: string, load: () => Promise<T>, quietly?: boolean): Promise<T>;
  /** Keeps the warning of a read that was quiet. */
  missed(unseen: Unseen): void;
  /** What only --verbose says. */
  note(message: string): void;
}

/** What could not be looked at, with the checks that wanted to. */
export interface Missed extends Pick<Unseen, 'failure' | 'permission' | 'cause'> {
  checks: Set<string>;
}

const mostAtOnce = 16;

/** The reads of one preflight, shared by its checks. */
export class Reads {
  readonly missed = new Map<string, Missed>();
  readonly notes = new Set<string>();
  /** How many reads got an answer. */
  answered = 0;
  private readonly answers = new Map<string, Promise<unknown>>();
  private readonly clients = new Map<unknown, Client>();
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;

  constructor(
    private readonly env: Context['env'],
    private readonly region: string,
  ) {}

  /** The world as one check sees it. */
  for(check: string): World {
    return {
      region: this.region,
      client: (ClientClass, region = this.region) => this.client(ClientClass, region),
      read: async (permission, key, load, quietly = false) => {
        try {
          return await this.once(permission, key, load);
        } catch (error) {
          if (error instanceof Unseen && !quietly) this.miss(error, check);
          throw error;
        }
      },
      missed: (unseen) => this.miss(unseen, check),
      note: (message) => void this.notes.add(`${check}: ${message}`),
    };
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private client<C extends Client>(ClientClass: new (config: ClientConfig) => C, region: string): C {
    const name = `${ClientClass.name} ${region}`;
    const made = this.clients.get(name) ?? createClient(ClientClass, { region, env: this.env });
    this.clients.set(name, made);
    return made as C;
  }

  private once<T>(permission: string, key: string, load: () => Promise<T>): Promise<T> {
    const name = `${permission} ${key}`;
    const known = this.answers.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const answer = this.inTurn(load).catch((error: unknown) => {
      throw unseen(error, permission) ?? error;
    });
    this.answers.set(name, answer);
    return answer;
  }

  /** The rate limits of an account are for everybody in it. */
  private async inTurn<T>(load: () => Promise<T>): Promise<T> {
    if (this.underWay >= mostAtOnce) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.underWay += 1;
    try {
      const answer = await load();
      this.answered += 1;
      return answer;
    } finally {
      this.underWay -= 1;
      this.waiting.shift()?.();
    }
  }

  private miss({ failure, permission, cause }: Unseen, check: string): void {
    // What is not allowed goes by its permission, what does not answer by its service.
    const key = failure === 'denied' ? permission : `${failure} ${permission.split(':')[0] ?? ''}`;
    const missed = this.missed.get(key) ?? { failure, permission, cause, checks: new Set() };
    missed.checks.add(check);
    this.missed.set(key, missed);
  }
}

/** Undefined where the run itself cannot go on: its credentials are no good, or somebody interrupted it. */
function unseen(error: unknown, permission: string): Unseen | undefined {
  if (error instanceof SlipwayError) {
    const { cause, code } = error;
    const denied = code === 'NOT_ALLOWED' && !error.message.startsWith('AWS refused the credentials');
    if (denied) return new Unseen('denied', permission, cause);
    return code === 'UNREACHABLE' ? new Unseen('network', permission, error) : undefined;
  }
  const { name, $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'AbortError') return undefined;
  // An answer without a body (HEAD) has no error code.
  if ($metadata?.httpStatusCode === 403) return new Unseen('denied', permission, error);
  // A bug of ours is no answer of AWS's.
  if ($metadata === undefined && (error instanceof TypeError || error instanceof ReferenceError))
    return undefined;
  return new Unseen(failureOf(error), permission, error);
}

/** Looks at several things at once; one that cannot be looked at does not hide what is wrong with the others. */
export async function each<T>(
  items: Iterable<T>,
  look: (item: T) => readonly Problem[] | Promise<readonly Problem[]>,
): Promise<Problem[]> {
  const problems = await Promise.all(
    [...items].map(async (item) => {
      try {
        return await look(item);
      } catch (error) {
        if (error instanceof Unseen) return [];
        throw error;
      }
    }),
  );
  return problems.flat();
}
