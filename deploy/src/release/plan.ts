import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  Tag,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import type { ScalingPlan } from '../autoscaling/plan-scaling';
import type { PlannedStep } from '../steps/planned-steps';
import type { Change } from './change';
import type { Release } from './outcome';

/** What a deploy would do, as data. `diff`, `deploy --dry-run` and `deploy` share it. */
export interface Plan {
  action: 'create' | 'update' | 'unchanged';
  environment: string | undefined;
  cluster: string;
  service: string;
  region: string;
  /** What runs now. */
  running: Release | undefined;
  /** Images as they would be registered. */
  images: readonly PlannedImage[];
  changes: readonly Change[];
  /** What a person should know before: a setting that ECS cannot change in place, an image that has no digest. */
  notes: readonly string[];
  /** Why there is an update although nothing changed: `--force-new-deployment`, a failed deployment. */
  forced: string | undefined;
  /** Undefined where the running revision is used again. */
  register: RegisterTaskDefinitionCommandInput | undefined;
  /** Without its task definition where one is registered first. Undefined where nothing is to be sent. */
  request: { create: CreateServiceCommandInput } | { update: UpdateServiceCommandInput } | undefined;
  /** Tags of the service that are new or have another value. */
  serviceTags: readonly Tag[];
  /** Keys of tags that the service is to lose. */
  removedServiceTags?: readonly string[];
  /** What is done about autoscaling; its changes are among `changes`. */
  scaling?: ScalingPlan;
  /** One-off tasks and checks around the release. */
  steps?: readonly PlannedStep[];
}

export interface PlannedImage {
  container: string;
  /** As the definition says it. */
  written: string;
  /** With its digest, where it has one. */
  resolved: string;
  digest: string | undefined;
}
