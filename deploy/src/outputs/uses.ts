import type { Contract } from './contract';

/** One output that an app relies on, as one of its services reads it. */
export interface OutputUse {
  /** As it is written: `cluster_name`, `services.api.service_url`. */
  output: string;
  /** What the contract promised when the list was made. */
  type: string;
  /** The service that reads it. */
  service: string;
  /** Where its value is read; none where it only stands in a branch that no environment takes. */
  environments: readonly string[];
  /** `ecs/service.json:14`, from the folder of the config; without a line where Jsonnet computes the name. */
  at: readonly string[];
}

/** What an app relies on, for the repository of the infrastructure: `infra/consumers/<app>.json`. */
export interface UsesDocument {
  version: 1;
  /** Hash of the contract that it was checked against. */
  contract: string | null;
  /** Each environment, and where it reads its outputs from; null where that is known only in a run. */
  environments: Readonly<Record<string, string | null>>;
  uses: readonly OutputUse[];
}

/** Stands for the one environment of a config that declares none. */
export const UNNAMED_ENVIRONMENT = 'default';

interface Gathered {
  output: string;
  service: string;
  environments: Set<string>;
  at: Set<string>;
}

/** Gathers what the templates of an app read, file by file. */
export class OutputUses {
  private readonly gathered = new Map<string, Gathered>();

  add(service: string, output: string, where: { environment?: string | undefined; at?: string }): void {
    const key = JSON.stringify([service, output]);
    const one = this.gathered.get(key) ?? { output, service, environments: new Set(), at: new Set() };
    this.gathered.set(key, one);
    if (where.environment !== undefined) one.environments.add(where.environment);
    if (where.at !== undefined) one.at.add(where.at);
  }

  /** Names of those whose value was read in some environment. */
  read(): string[] {
    const read = [...this.gathered.values()].filter(({ environments }) => environments.size > 0);
    return [...new Set(read.map(({ output }) => output))].sort();
  }

  /**
   * In an order of its own, so that the file changes only where the app does.
   * @param contractOf the contract that a service was checked against.
   */
  list(contractOf: (service: string) => Contract | undefined): OutputUse[] {
    return [...this.gathered.values()]
      .sort((left, right) => compare(left.service, right.service) || compare(left.output, right.output))
      .map(({ output, service, environments, at }) => ({
        output,
        type: promisedType(output, contractOf(service)),
        service,
        environments: [...environments].sort(compare),
        at: [...at],
      }));
  }
}

function promisedType(output: string, contract: Contract | undefined): string {
  const ofAnother = /^services\.[^.]+\.(.+)$/.exec(output)?.[1];
  const promise =
    ofAnother === undefined
      ? (contract?.service[output] ?? contract?.environment[output])
      : contract?.service[ofAnother];
  return promise?.type ?? 'unknown';
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
