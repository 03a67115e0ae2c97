import { accessRules } from './access';
import { computeRules } from './compute';
import { dataRules } from './data';
import { edgeRules } from './edge';
import { networkRules } from './network';
import type { Rule } from './rule';

/** By area, as the page of exceptions has them. */
export const areas: Readonly<Record<string, readonly Rule[]>> = {
  Network: networkRules,
  'How requests come in': edgeRules,
  'Containers, instances and builds': computeRules,
  Data: dataRules,
  'Who may do what': accessRules,
};

export const rules: readonly Rule[] = Object.values(areas).flat();
