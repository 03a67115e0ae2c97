import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerMetadata, metadataPath } from './api/container-metadata';
import { Authorization, type Authorize } from './api/authorization/authorization';
import { knownResources } from './api/authorization/known';
import { Api } from './api/dispatch';
import { ecsOperations } from './api/ecs';
import { EventualConsistency } from './api/eventual-consistency';
import type { Message } from './api/operation';
import { RateLimits } from './api/rate-limits';
import { startServer } from './api/server';
import { taskInterfaces } from './api/task-interfaces';
import type { AppliedState } from './apply/applied';
import { ClusterLoader } from './apply/clusters';
import { createBalancer } from './balancer/balancer';
import type { Balancer, ListenerAddress } from './balancer/balancer-types';
import type { Clock } from './clock';
import { ControlPlane } from './control-plane/control-plane';
import type { ControlPlaneSettings } from './control-plane/settings';
import type { ControlPlaneState } from './control-plane/state/state';
import { Faults } from './faults';
import type { ImageStore } from './images/image-store';
import { createImageStore } from './images/store';
import { RealClock } from './real-clock';
import { FaultyRuntime } from './runtime/faulty';
import { createProcessRuntime } from './runtime/process';
import type { Runtime } from './runtime/runtime';
import { SimulatedRuntime } from './runtime/simulated';
import { BalancerSync } from './surroundings/balancer-sync';
import { StoredSurroundings } from './surroundings/embedded';
import { RuleWeights } from './surroundings/rule-weights';
import { StateLoader } from './surroundings/from-state/load';
import { LogStore } from './surroundings/log-store';
import { openMoto } from './surroundings/moto';
import { createServices } from './surroundings/services';
import { addDefaultNetwork } from './surroundings/services/ec2/default-network';
import { restoreSurroundings, saveSurroundings, type SurroundingsState } from './surroundings/state';
import { Store } from './surroundings/store';

export interface RehearsalOptions {
  /** Port of the endpoint; 0, the default, takes a free one. */
  port?: number;
  /** How many seconds of ECS's time pass in one of ours. Default 20. Not with `clock`. */
  speed?: number;
  /** A clock of one's own, e.g. a virtual one; the caller closes it. */
  clock?: Clock;
  /** Default `process`. `simulated` starts no process: containers play what is scripted. */
  runtime?: 'process' | 'simulated' | Runtime;
  /** Scratch, and where images are kept. Default: a temporary folder that is removed at the end. */
  directory?: string;
  /** Stacks that are there from the beginning; more can come with `apply`. */
  applied?: readonly AppliedState[];
  /** Hands every service but ECS to moto. */
  moto?: { endpoint: string };
  /** False: an endpoint without service deployments, as older emulators are. Default true. */
  serviceDeploymentsApi?: boolean;
  /**
   * Goes on from what `snapshot` gave, with the same `directory` for images other than the samples. Tasks that ran are
   * started anew. Not with `moto`.
   */
  state?: RehearsalState;
  /** Limits the calls to ECS as AWS does. Default false. */
  rateLimits?: boolean;
  /** Seconds of ECS's time for which reads of ECS answer as if a write had not been. Default 0. */
  eventualConsistency?: number;
  /**
   * Asked whether its sender may do what a request does. Senders are told apart by the keys that AssumeRole and
   * AssumeRoleWithWebIdentity hand out; all other keys are the account's user `rehearsal`. Default: all may do all.
   */
  authorize?: Authorize;
  settings?: Partial<ControlPlaneSettings>;
  /** Default 123456789012. */
  accountId?: string;
  /** Default ap-northeast-1. */
  region?: string;
}

/** A rehearsal as plain JSON, to be kept in a file. */
export interface RehearsalState {
  ecs: ControlPlaneState;
  surroundings: SurroundingsState;
}

/** An ECS that is up, with what is around it. */
export interface Rehearsal {
  /** `http://127.0.0.1:PORT`, for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** Variables for a client's process: endpoint, credentials, region. They keep the person's own AWS settings out. */
  readonly environment: Readonly<Record<string, string>>;
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly images: ImageStore;
  readonly store: Store;
  readonly logs: LogStore;
  readonly faults: Faults;
  readonly balancer: Balancer;
  readonly controlPlane: ControlPlane;
  readonly runtime: Runtime;
  /** Listeners of all load balancers, with their ports on this machine. */
  listeners(): readonly ListenerAddress[];
  /** Brings a stack in, or what changed in it: clusters, load balancers, roles, parameters. Embedded only. */
  apply(applied: AppliedState): Promise<void>;
  /** All that is there now, for the option `state`. */
  snapshot(): RehearsalState;
  /** One operation without HTTP, past faults and limits. `service` is a signing name, e.g. `ecs`. @throws ApiError */
  call(service: string, operation: string, input?: Message): Promise<Message>;
  /** Ends the endpoint, all tasks and listeners; no process is left. A second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Starts ECS on this machine, on loopback only. What failed to start leaves nothing behind.
 * @throws the system's error where a port is taken, and moto's where it cannot be reached.
 */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const accountId = options.accountId ?? '123456789012';
  const region = options.region ?? 'ap-northeast-1';
  const closing: (() => unknown)[] = [];
  const directory = options.directory ?? temporaryDirectory(closing);
  const clock = options.clock ?? ownClock(options.speed ?? 20, closing);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= closeAll(closing));

  try {
    // Whole: services write instants as integers.
    const now = () => Math.floor(clock.toWire(clock.now()));
    const store = new Store(accountId, region);
    const logs = new LogStore();
    const faults = new Faults();
    const images = createImageStore(join(directory, 'images'), { accountId, region });
    const balancer = createBalancer({
      clock,
      // Targets of `instance` groups are ports of container instances, which are there once the control plane is.
      locate: (target, group) => {
        const instance =
          group.targetType === 'instance' ? controlPlane.instances.locate(target.id, target.port) : undefined;
        return instance ?? { host: group.targetType === 'ip' ? target.id : '127.0.0.1', port: target.port };
      },
      // Nothing listens at the address of a container that is only played.
      probe: ({ host, port }, path) =>
        runtime instanceof SimulatedRuntime ? runtime.probe(host, port, path) : undefined,
    });
    closing.push(() => balancer.close());
    const runtime = chooseRuntime(options.runtime ?? 'process', directory, clock);
    closing.push(() => runtime.close());
    let endpoint = '';
    const sync = new BalancerSync(store, balancer);
    const settle = async () => {
      followRepositories(store, images);
      await sync.sync();
    };
    const rules = new RuleWeights(store, sync, (change) => {
      moto
        ?.ruleChanged(change)
        .catch((error: unknown) => reportBug(error, 'elasticloadbalancing', 'ModifyRule'));
    });
    const surroundings = new StoredSurroundings({ store, balancer, images, logs, faults, rules, now });
    const controlPlane = new ControlPlane({
      clock,
      runtime: new FaultyRuntime(runtime, faults, clock),
      surroundings,
      accountId,
      region,
      settings: { metadataUri: (id) => endpoint + metadataPath(id), ...options.settings },
    });
    closing.push(() => controlPlane.close());

    const services = createServices({
      store,
      logStore: logs,
      balancer,
      settle,
      images,
      now,
      endpoint: () => endpoint,
      issued: (accessKeyId) => faults.credentialsIssued(accessKeyId),
      interfaces: () => taskInterfaces(controlPlane, store),
      serviceExists: (cluster, service) =>
        controlPlane.clusters.get(cluster)?.services.get(service)?.status === 'ACTIVE',
    });
    if (options.moto === undefined && (options.applied ?? []).length === 0) addDefaultNetwork(store);
    const moto =
      options.moto && (await openMoto({ endpoint: options.moto.endpoint, region, store, logs, settle }));
    const api = new Api({
      offered: { ...services.offered, ecs: ecsOperations(controlPlane) },
      objectStorage: services.objectStorage,
      plain: (request) => services.downloads(request) ?? answerMetadata(controlPlane, request),
      forwarder: moto?.forwarder,
      faults,
      rateLimits: options.rateLimits ? new RateLimits(clock) : undefined,
      consistency: options.eventualConsistency
        ? new EventualConsistency(clock, options.eventualConsistency)
        : undefined,
      authorization:
        options.authorize &&
        new Authorization({
          authorize: options.authorize,
          principal: (key) => ({ arn: services.principal(key), role: services.role(key) }),
          known: knownResources(store, controlPlane),
          accountId,
        }),
      serviceDeploymentsApi: options.serviceDeploymentsApi ?? true,
      region,
      principal: services.principal,
      onBug: reportBug,
    });
    const server = await startServer(api, faults, options.port ?? 0, moto?.stream);
    closing.push(() => server.close());
    endpoint = server.endpoint;
    faults.onChange(() => {
      controlPlane.faults.capacity = faults.active('quota-exceeded')
        ? QUOTA_EXCEEDED
        : faults.active('no-capacity')
          ? NO_CAPACITY
          : undefined;
      return Promise.resolve();
    });

    const loader = new StateLoader(store, now);
    const clusters = new ClusterLoader((operation, input) => api.call('ecs', operation, input));
    const apply = async (applied: AppliedState) => {
      loader.load(applied);
      await settle();
      await clusters.load(applied);
    };
    if (options.state !== undefined) {
      restoreSurroundings(options.state.surroundings, store, logs);
      await settle();
      controlPlane.restore(options.state.ecs);
    }
    for (const applied of options.applied ?? []) await apply(applied);

    return {
      endpoint,
      environment: environmentFor(endpoint, accountId, region, clock.speed),
      accountId,
      region,
      clock,
      images,
      store,
      logs,
      faults,
      balancer,
      controlPlane,
      runtime,
      listeners: () => balancer.listeners(),
      apply,
      snapshot: () => ({ ecs: controlPlane.snapshot(), surroundings: saveSurroundings(store, logs) }),
      call: (service, operation, input = {}) => api.call(service, operation, input),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The image store has the repositories that ECR has; what is in one goes with it. */
function followRepositories(store: Store, images: ImageStore): void {
  for (const { name, tagMutability } of store.repositories.values()) {
    images.createRepository(name, { immutableTags: tagMutability === 'IMMUTABLE' });
  }
}

const NO_CAPACITY =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

const QUOTA_EXCEEDED = "You've reached the limit on the number of vCPUs you can run concurrently";

function environmentFor(
  endpoint: string,
  accountId: string,
  region: string,
  speed: number,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'rehearsal',
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCOUNT_ID: accountId,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1,localhost',
    SLIPWAY_POLL_SECONDS: String(Math.max(0.1, 2 / speed)),
  };
}

function chooseRuntime(choice: 'process' | 'simulated' | Runtime, directory: string, clock: Clock): Runtime {
  if (choice === 'process') return createProcessRuntime({ directory: join(directory, 'containers'), clock });
  return choice === 'simulated' ? new SimulatedRuntime(clock) : choice;
}

function temporaryDirectory(closing: (() => unknown)[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-'));
  closing.push(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

function ownClock(speed: number, closing: (() => unknown)[]): Clock {
  const clock = new RealClock(speed);
  closing.push(() => clock.close());
  return clock;
}

/** The last that was opened is closed first; one that fails does not keep the others open. */
async function closeAll(closing: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing.reverse()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the rehearsal did not end as it should');
}

/** A bug of the rehearsal must not look like a fault that somebody switched on. */
function reportBug(error: unknown, service: string, operation: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `slipway rehearsal: ${service}:${operation} failed by a bug of the rehearsal: ${text}\n`,
  );
}
