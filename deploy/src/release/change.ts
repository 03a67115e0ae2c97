import type { Position } from '../definition/definitions';
import type { Json } from '../outputs/outputs';

/** One difference between what runs and what would run. */
export interface Change {
  part: 'task definition' | 'service' | 'autoscaling';
  /** As a person would say it: `containerDefinitions[web].environment[LOG_LEVEL].value`. */
  path: string;
  /** Undefined where nothing was there. */
  before: Json | undefined;
  /** Undefined where it goes away. */
  after: Json | undefined;
  /** Where the new value stands in the definition; for something that goes away, where it would have stood. */
  position: Position | undefined;
  /** Why ECS cannot make it on a service that exists: a deploy is refused. */
  impossible?: string;
  /** Of `diff --against`: the two environments differ in it by themselves, so it is no news. */
  ofEnvironment?: boolean;
}
