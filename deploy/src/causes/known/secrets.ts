import type { Known } from '../cause';
import { byReason, inContainer } from '../words';

const secrets = /\.secrets\b|executionRoleArn/;
const refused = /unable to (pull|retrieve) secrets?/i;

function secretIn(text: string): string {
  return (
    /arn:[^\s,;"']+:(?:secret|parameter)[^\s,;"']*/.exec(text)?.[0] ??
    /invalid parameters: (\S+)/.exec(text)?.[1] ??
    'a secret'
  );
}

export const secretCauses: readonly Known[] = [
  {
    name: 'secret-denied',
    touches: secrets,
    find: byReason(refused, (group, text) => {
      if (!/AccessDenied|not authorized/i.test(text)) return undefined;
      const kms = /kms:/i.test(text) ? ' and to decrypt with its key (kms:Decrypt)' : '';
      return {
        sentence: `the execution role may not read ${secretIn(text)} that ${inContainer(group)} needs, so no container was started`,
        fix: `allow the task execution role to read it${kms} (infrastructure: the secrets of this service), or remove it from "secrets"`,
        certainty: 'certain',
      };
    }),
  },
  {
    name: 'secret-key-missing',
    touches: secrets,
    find: byReason(/did not contain json key|retrieve secret.*invalid character/is, (group, text) => {
      const key = /did not contain json key (\S+)/i.exec(text)?.[1];
      return key === undefined
        ? {
            sentence: `a secret that ${inContainer(group)} reads by a key is no JSON, so no container was started`,
            fix: 'store it as a JSON object, or take the key off "valueFrom" to get the secret as a whole',
            certainty: 'certain',
          }
        : {
            sentence: `the secret that ${inContainer(group)} needs has no key "${key}" in its JSON, so no container was started`,
            fix: `add "${key}" to the secret, or correct the key in "valueFrom" of the task definition (arn:...:secret:name:KEY::)`,
            certainty: 'certain',
          };
    }),
  },
  {
    name: 'secret-missing',
    touches: secrets,
    find: byReason(refused, (group, text) =>
      /ResourceNotFound|ParameterNotFound|invalid parameters|can't find/i.test(text)
        ? {
            sentence: `there is no ${secretIn(text)} that ${inContainer(group)} needs, so no container was started`,
            fix: 'create it, or correct "valueFrom" in "secrets" of the task definition',
            certainty: 'certain',
          }
        : undefined,
    ),
  },
];
