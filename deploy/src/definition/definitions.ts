import type { Json } from '../outputs/outputs';

export type JsonObject = { [key: string]: Json };

/** A place in a file as an editor counts: line and column from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** One definition, rendered, parsed and validated; keys exactly as they were written. */
export interface Definition {
  value: JsonObject;
  file: string;
  /** Where the value at a path stands in the file before rendering, e.g. `['containerDefinitions', 0, 'image']`. */
  positionOf(path: readonly (string | number)[]): Position;
  /** Outputs that its templates read, as written: `cluster_name`, `services.api.service_url`. */
  outputsUsed: readonly string[];
}

export interface Definitions {
  /** RegisterTaskDefinition input. */
  taskDefinition: Definition;
  /** CreateService / UpdateService input without cluster, service and taskDefinition. */
  service: Definition | undefined;
}
