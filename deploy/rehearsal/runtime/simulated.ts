import type { Cancel, Clock } from '../clock';
import type { ContainerLaunch, ContainerListener, RunningContainer, Runtime } from './runtime';

/** How a simulated container behaves. Times are milliseconds of the clock. */
export interface Behaviour {
  /** From its launch until it runs. */
  startsAfter?: number;
  /** It cannot be started at all, for this reason. */
  failsToStart?: string;
  /**
   * The status that it answers a path with, once it answers: 200 without. `refused` is a port on which nothing listens,
   * `silent` one that takes a request and never answers.
   */
  answersWith?: (path: string) => number | 'refused' | 'silent';
  /** From running until it answers requests and passes its health check; `never` does neither. */
  answersAfter?: number | 'never';
  /** From running until it stops answering, for good. */
  failsAfter?: number;
  /** It ends by itself, this long after running. */
  exits?: { after: number; code: number; reason?: string };
  /** From SIGTERM to its end; `never` waits for SIGKILL. */
  stopsAfter?: number | 'never';
  /** What it writes when it starts. */
  output?: readonly string[];
}

interface Simulated {
  launch: ContainerLaunch;
  behaviour: Behaviour;
  answers: boolean;
}

/** As the balancer's own checks end. */
type Probed = { kind: 'code'; code: number } | { kind: 'timeout' } | { kind: 'error' };

const signals = { SIGTERM: 143, SIGKILL: 137 } as const;

/** A runtime without processes, for virtual time: each container plays the behaviour of its image. */
export class SimulatedRuntime implements Runtime {
  private readonly behaviours = new Map<string, Behaviour | ((launch: ContainerLaunch) => Behaviour)>();
  private readonly addresses = new Map<string, string>();
  private readonly holders = new Map<string, string>();
  private readonly answering = new Map<string, number>();
  private readonly listeners: ((address: string, port: number) => void)[] = [];
  private readonly live = new Set<() => void>();
  private readonly containers = new Set<Simulated>();
  private lastAddress = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * @param digest of the image whose containers behave so, from now on.
   * @param behaviour of all of them, or what each does by its command and environment.
   */
  script(digest: string, behaviour: Behaviour | ((launch: ContainerLaunch) => Behaviour)): void {
    this.behaviours.set(digest, behaviour);
  }

  allocateAddress(holder: string): string {
    this.lastAddress += 1;
    const n = this.lastAddress;
    const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    this.addresses.set(holder, address);
    this.holders.set(address, holder);
    return address;
  }

  releaseAddress(holder: string): void {
    const address = this.addresses.get(holder);
    if (address !== undefined) this.holders.delete(address);
    this.addresses.delete(holder);
  }

  hostPort(_holder: string, port: number): number {
    return port;
  }

  /** Whether something listens there and answers well. @param host an address, or an instance that has one. */
  answers(host: string, port: number): boolean {
    return (this.answering.get(`${this.addresses.get(host) ?? host} ${port}`) ?? 0) > 0;
  }

  /** What a health check there meets. @param port on this machine. */
  probe(host: string, port: number, path: string): Probed {
    const listening = [...this.containers].find(
      ({ answers, launch: { address, containerPorts, hostPorts } }) =>
        answers &&
        address === (this.addresses.get(host) ?? host) &&
        containerPorts.some((containerPort) => (hostPorts?.[containerPort] ?? containerPort) === port),
    );
    if (listening === undefined) return { kind: 'error' };
    const answer = listening.behaviour.answersWith?.(path) ?? 200;
    if (answer === 'refused') return { kind: 'error' };
    return answer === 'silent' ? { kind: 'timeout' } : { kind: 'code', code: answer };
  }

  /** Hears of every address and port that starts or stops answering; of an instance also under its id. */
  onAnswerChange(listener: (address: string, port: number) => void): void {
    this.listeners.push(listener);
  }

  /** From now on nothing at that address answers any more, or nothing of that one task. */
  breakDown(address: string, taskId?: string): void {
    for (const simulated of this.containers) {
      const { launch } = simulated;
      if (launch.address === address && (taskId ?? launch.taskId) === launch.taskId)
        this.answer(simulated, false);
    }
  }

  start(launch: ContainerLaunch, listener: ContainerListener): RunningContainer {
    const { clock } = this;
    const scripted = this.behaviours.get(launch.image.digest) ?? {};
    const behaviour = typeof scripted === 'function' ? scripted(launch) : scripted;
    const simulated: Simulated = { launch, behaviour, answers: false };
    const timers = new Set<Cancel>();
    let ended = false;
    const after = (delay: number, run: () => void) => {
      const cancel = clock.after(delay, () => {
        timers.delete(cancel);
        run();
      });
      timers.add(cancel);
    };
    const abandon = () => {
      for (const cancel of timers) cancel();
      timers.clear();
      this.live.delete(abandon);
      this.containers.delete(simulated);
    };
    const end = (exitCode: number, reason: string | undefined) => {
      if (ended) return;
      ended = true;
      abandon();
      this.answer(simulated, false);
      listener.exited(exitCode, reason);
    };
    this.live.add(abandon);
    this.containers.add(simulated);

    after(behaviour.startsAfter ?? 0, () => {
      if (behaviour.failsToStart !== undefined) {
        ended = true;
        abandon();
        listener.failed(behaviour.failsToStart);
        return;
      }
      listener.started();
      for (const line of behaviour.output ?? []) listener.output(line);
      const { answersAfter = 0, failsAfter, exits } = behaviour;
      if (answersAfter === 0) this.answer(simulated, true);
      else if (answersAfter !== 'never') after(answersAfter, () => this.answer(simulated, true));
      if (failsAfter !== undefined) after(failsAfter, () => this.answer(simulated, false));
      if (exits !== undefined) after(exits.after, () => end(exits.code, exits.reason));
    });

    return {
      signal: (signal) => {
        if (ended) return;
        const { stopsAfter = 100 } = behaviour;
        if (signal === 'SIGKILL') after(0, () => end(signals.SIGKILL, undefined));
        else if (stopsAfter !== 'never') after(stopsAfter, () => end(signals.SIGTERM, undefined));
      },
      check: () => simulated.answers,
    };
  }

  close(): Promise<void> {
    for (const abandon of this.live) abandon();
    this.live.clear();
    return Promise.resolve();
  }

  private answer(simulated: Simulated, answers: boolean): void {
    if (simulated.answers === answers) return;
    simulated.answers = answers;
    const { address, containerPorts, hostPorts } = simulated.launch;
    const holder = hostPorts === undefined ? undefined : this.holders.get(address);
    for (const containerPort of containerPorts) {
      const port = hostPorts?.[containerPort] ?? containerPort;
      const key = `${address} ${port}`;
      const count = (this.answering.get(key) ?? 0) + (answers ? 1 : -1);
      if (count > 0) this.answering.set(key, count);
      else this.answering.delete(key);
      for (const listener of this.listeners) {
        listener(address, port);
        if (holder !== undefined) listener(holder, port);
      }
    }
  }
}
