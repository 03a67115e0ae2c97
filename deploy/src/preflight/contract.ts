import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../errors';
import { lookUpOutput } from '../outputs/lookup';
import type { RenderedTarget } from '../target';

/** As infrastructure generates it: names and types of what it promises, by scope. */
interface Contract {
  hash: string;
  environment: Readonly<Record<string, { optional?: boolean }>>;
  service: Readonly<Record<string, { optional?: boolean }>>;
}

/**
 * The live outputs against what the app's definitions read. Another contract than the committed one is no fault
 * by itself: only an output that the app uses and that is gone.
 * @returns a note where the contract changed
 * @throws SlipwayError CONTRACT_MISSING
 */
export function checkContract(target: RenderedTarget): string | undefined {
  const { outputs, service, definitions } = target;
  const committed = readContract(definitions.taskDefinition.file);
  const used = new Set([
    ...definitions.taskDefinition.outputsUsed,
    ...(definitions.service?.outputsUsed ?? []),
  ]);
  const missing = [...used].filter(
    (name) => lookUpOutput(outputs, service, name) === undefined && !isOptional(committed, name),
  );
  if (missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(', ');
    throw new SlipwayError(
      'CONTRACT_MISSING',
      `the infrastructure no longer exports ${list}, which the definitions use (${outputs.source})`,
      {
        hint: 'apply the infrastructure that exports it, or take it out of the definitions',
      },
    );
  }
  if (
    committed === undefined ||
    outputs.contractHash === undefined ||
    committed.hash === outputs.contractHash
  )
    return undefined;
  return `the infrastructure's contract is ${outputs.contractHash}, contract.json says ${committed.hash}; all outputs that this app uses are there`;
}

function isOptional(contract: Contract | undefined, name: string): boolean {
  const own = name.slice(name.lastIndexOf('.') + 1);
  return contract?.service[own]?.optional === true || contract?.environment[own]?.optional === true;
}

/** `contract.json` beside the task definition; undefined where the app commits none, or it is not one. */
function readContract(taskDefinition: string): Contract | undefined {
  try {
    const {
      hash,
      environment = {},
      service = {},
    } = JSON.parse(readFileSync(join(dirname(taskDefinition), 'contract.json'), 'utf8')) as Partial<Contract>;
    return hash === undefined ? undefined : { hash, environment, service };
  } catch {
    return undefined;
  }
}
