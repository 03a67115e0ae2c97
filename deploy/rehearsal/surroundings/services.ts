import type { ObjectStorage } from '../api/dispatch';
import type { Message } from '../api/operation';
import type { Offered } from '../api/service';
import type { WireRequest, WireResponse } from '../api/wire';
import type { Balancer } from '../balancer/balancer-types';
import type { ImageStore } from '../images/image-store';
import type { LogStore } from './log-store';
import { applicationAutoScaling, type ServiceExists } from './services/application-auto-scaling';
import { cloudWatch } from './services/cloudwatch';
import { ec2 } from './services/ec2';
import { ecr } from './services/ecr';
import { configBlob } from './services/ecr/images';
import { efs } from './services/efs';
import { elbv2 } from './services/elbv2';
import { iam } from './services/iam';
import { logs } from './services/logs';
import { s3 } from './services/s3';
import { secretsManager } from './services/secrets-manager';
import { serviceDiscovery } from './services/service-discovery';
import { ssm } from './services/ssm';
import { sts } from './services/sts';
import type { Store } from './store';

export interface ServicesOptions {
  store: Store;
  logStore: LogStore;
  balancer: Balancer;
  /** Brings the balancer in line with the store. */
  settle: () => Promise<void>;
  images: ImageStore;
  /** Milliseconds since the epoch, as clients see it. */
  now: () => number;
  endpoint: () => string;
  /** Hears of access keys that STS hands out. */
  issued: (accessKeyId: string) => void;
  /** Network interfaces of tasks, as EC2 writes them. */
  interfaces: () => readonly Message[];
  serviceExists: ServiceExists;
}

export interface Services {
  /** All but ECS. */
  offered: Offered;
  objectStorage: ObjectStorage;
  /** Downloads that `GetDownloadUrlForLayer` sent a client to. */
  downloads: (request: WireRequest) => WireResponse | undefined;
  principal: (accessKeyId: string) => string;
  /** ARN of the role whose session a key is of. */
  role: (accessKeyId: string) => string | undefined;
}

/** The services around ECS, as far as a deploy or its checks ask them, over one store. */
export function createServices(options: ServicesOptions): Services {
  const { store, logStore, balancer, settle, images, now, endpoint } = options;
  const sessions = sts(store, now, options.issued);
  return {
    offered: {
      sts: sessions.operations,
      ssm: ssm(store, now),
      secretsmanager: secretsManager(store, now),
      ecr: ecr({ store, images, now, endpoint }),
      logs: logs(store, logStore, now),
      elasticloadbalancing: elbv2({ store, now, settle }, balancer),
      iam: iam(store, now),
      ec2: ec2(store, options.interfaces),
      monitoring: cloudWatch(store, now),
      elasticfilesystem: efs(store, now),
      'application-autoscaling': applicationAutoScaling(store, now, options.serviceExists),
      servicediscovery: serviceDiscovery(store, now),
    },
    objectStorage: s3(store, now),
    downloads: (request) => {
      const [, repository, digest] = /^\/-\/ecr\/([^/]+)\/(sha256:[0-9a-f]{64})$/.exec(request.path) ?? [];
      if (repository === undefined || digest === undefined) return undefined;
      const blob = configBlob(images, decodeURIComponent(repository), digest);
      if (blob === undefined) return { status: 404, headers: {}, body: '' };
      return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: blob };
    },
    principal: sessions.principal,
    role: sessions.role,
  };
}
