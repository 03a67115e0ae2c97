import type { Store } from '../store';
import type { Attributes } from './attributes';

/** What one resource puts into the store. */
export interface Mapping {
  /** It completes another resource's entry: it is put after all others, and again whenever one of them changed. */
  late?: true;
  put(attributes: Attributes, store: Store, context: MappingContext): void;
  remove(attributes: Attributes, store: Store): void;
}

export interface MappingContext {
  now: number;
  localPort: number | undefined;
}

/** Mappings by Terraform resource type. */
export type Mappings = Readonly<Record<string, Mapping>>;
