import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../errors';
import type { Json } from './outputs';

/** What infrastructure promises to apps: `ecs/contract.json`, generated on the infrastructure's side. */
export interface Contract {
  hash: string | undefined;
  environment: Readonly<Record<string, ContractOutput>>;
  /** Of every service alike. */
  service: Readonly<Record<string, ContractOutput>>;
}

export interface ContractOutput {
  /** `string`, `number`, `bool` or `list(...)` of one of them. */
  type: string;
  description?: string;
  /** Only where a setting of the environment switches it on. */
  optional?: boolean;
}

/** Where the contract of a definition lies: beside it. */
export function contractBeside(taskDefinition: string): string {
  return join(dirname(taskDefinition), 'contract.json');
}

/**
 * @returns undefined where the file is not there.
 * @throws SlipwayError FILE_FOREIGN where it is no contract.
 */
export async function readContract(path: string, shown: string): Promise<Contract | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { hash, environment, service } = parse(text, shown);
  if (!isScope(environment) || !isScope(service)) {
    throw foreign(shown, 'it wants "environment" and "service", each with the type of every output');
  }
  return { hash: typeof hash === 'string' ? hash : undefined, environment, service };
}

function parse(text: string, shown: string): { [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null) return value as { [key: string]: unknown };
  } catch (error) {
    throw foreign(shown, (error as Error).message);
  }
  throw foreign(shown, 'it is not an object');
}

function foreign(shown: string, what: string): SlipwayError {
  return new SlipwayError('FILE_FOREIGN', `${shown} is not a contract: ${what}`, {
    hint: 'it is generated on the side of the infrastructure: do not edit it',
  });
}

function isScope(value: unknown): value is Record<string, ContractOutput> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof (one as ContractOutput | null)?.type === 'string')
  );
}

/** A value of the type that the contract promises. */
export function placeholder(name: string, type: string): Json {
  const element = /^list\((.*)\)$/.exec(type)?.[1];
  if (element !== undefined) return [placeholder(name, element)];
  if (type === 'number') return 1;
  if (type === 'bool') return true;
  return name;
}

export function placeholders(scope: Readonly<Record<string, ContractOutput>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(scope).map(([name, { type }]) => [name, placeholder(name, type)]));
}
