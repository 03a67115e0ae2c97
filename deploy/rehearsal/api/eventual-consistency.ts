import type { Clock } from '../clock';
import { list, optionalString, type Message } from './operation';

type Perform = (operation: string, input: Message) => Message;

/** What one read answered before a write, and until when it is what readers see. */
interface Held {
  until: number;
  /** Undefined: the thing was not there. */
  entry: Message | undefined;
}

/** A read that names what it wants: where its answer has the entries, and what identifies one. */
interface NamedRead {
  answer: string;
  arn: string;
}

const namedReads: Readonly<Record<string, NamedRead>> = {
  DescribeServices: { answer: 'services', arn: 'serviceArn' },
  DescribeTasks: { answer: 'tasks', arn: 'taskArn' },
};

const lists: Readonly<Record<string, string>> = {
  ListServices: 'serviceArns',
  ListTasks: 'taskArns',
};

/**
 * Lets reads of ECS answer the state before a write for some seconds after it, as ECS may: services and tasks that
 * were changed look unchanged, new ones are missing, and a new service deployment is not listed yet. Every such read
 * is late, so that a client that does not wait fails each time.
 * Source: RunTask, "The Amazon ECS API follows an eventual consistency model".
 */
export class EventualConsistency {
  private readonly held = new Map<string, Held>();
  private readonly heldDeployments = new Map<string, { until: number; answer: Message }>();

  /** @param seconds of the clock that a write stays unseen. */
  constructor(
    private readonly clock: Clock,
    private readonly seconds: number,
  ) {}

  /** Performs an operation; a read among them may answer late. */
  perform(operation: string, input: Message, perform: Perform): Message {
    const read = namedReads[operation];
    if (read !== undefined) return this.late(read, perform(operation, input));
    const listed = lists[operation];
    if (listed !== undefined) return this.withoutNew(listed, perform(operation, input));
    if (operation === 'ListServiceDeployments') return this.lateDeployments(input, perform(operation, input));
    if (['CreateService', 'UpdateService', 'DeleteService'].includes(operation)) {
      return this.writeService(operation, input, perform);
    }
    if (operation === 'RunTask' || operation === 'StartTask') {
      const answer = perform(operation, input);
      for (const task of list<Message>(answer, 'tasks')) this.hold(String(task.taskArn), undefined);
      return answer;
    }
    if (operation !== 'StopTask') return perform(operation, input);
    const before = this.describe(perform, 'DescribeTasks', { cluster: input.cluster, tasks: [input.task] });
    const answer = perform(operation, input);
    this.hold(String((answer.task as Message | undefined)?.taskArn), before);
    return answer;
  }

  private writeService(operation: string, input: Message, perform: Perform): Message {
    const { cluster } = input;
    const service = input.service ?? input.serviceName;
    const before = this.describe(perform, 'DescribeServices', {
      cluster,
      services: [service],
      include: ['TAGS'],
    });
    const deployments =
      before === undefined ? undefined : perform('ListServiceDeployments', { cluster, service });
    const answer = perform(operation, input);
    const arn = String((answer.service as Message | undefined)?.serviceArn);
    this.hold(arn, before?.status === 'INACTIVE' ? undefined : before);
    const until = this.clock.now() + this.seconds * 1000;
    if (!this.isHeld(this.heldDeployments.get(arn))) {
      this.heldDeployments.set(arn, { until, answer: deployments ?? { serviceDeployments: [] } });
    }
    return answer;
  }

  private describe(perform: Perform, operation: string, input: Message): Message | undefined {
    try {
      return list<Message>(perform(operation, input), namedReads[operation]?.answer ?? '')[0];
    } catch {
      // The write itself says what is wrong.
      return undefined;
    }
  }

  /** What is held already is the older state, and stays until its own time. */
  private hold(arn: string, entry: Message | undefined): void {
    if (this.isHeld(this.held.get(arn))) return;
    this.held.set(arn, { until: this.clock.now() + this.seconds * 1000, entry });
  }

  private isHeld(held: { until: number } | undefined): boolean {
    return held !== undefined && held.until > this.clock.now();
  }

  private heldFor(arn: string): Held | undefined {
    const held = this.held.get(arn);
    if (this.isHeld(held)) return held;
    this.held.delete(arn);
    return undefined;
  }

  private late(read: NamedRead, answer: Message): Message {
    const failures = [...list<Message>(answer, 'failures')];
    const entries = list<Message>(answer, read.answer).flatMap((entry) => {
      const arn = String(entry[read.arn]);
      const held = this.heldFor(arn);
      if (held === undefined) return [entry];
      if (held.entry !== undefined) return [{ ...held.entry, tags: entry.tags ?? held.entry.tags }];
      failures.push({ arn, reason: 'MISSING' });
      return [];
    });
    return { ...answer, [read.answer]: entries, failures };
  }

  private withoutNew(listed: string, answer: Message): Message {
    const arns = list(answer, listed).filter((arn) => {
      const held = this.heldFor(arn);
      return held === undefined || held.entry !== undefined;
    });
    return { ...answer, [listed]: arns };
  }

  private lateDeployments(input: Message, answer: Message): Message {
    const last = (text: string) => text.slice(text.lastIndexOf('/') + 1);
    const name = last(optionalString(input, 'service') ?? '');
    const cluster = last(optionalString(input, 'cluster') ?? 'default');
    for (const [arn, held] of this.heldDeployments) {
      if (!this.isHeld(held)) this.heldDeployments.delete(arn);
      else if (arn.endsWith(`:service/${cluster}/${name}`)) return held.answer;
    }
    return answer;
  }
}
