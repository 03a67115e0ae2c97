import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Redact } from '../release/redact';
import { SECRETIVE } from '../secrets';

const HIDDEN = '(sensitive)';

/** Shorter values stand in every line. */
const LEAST_LENGTH = 4;

/** What looks like a secret wherever it comes from: user and password in an address, AWS keys, tokens. */
const SHAPES: readonly [pattern: RegExp, text: string][] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+@/gi, `$1${HIDDEN}@`],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, HIDDEN],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, HIDDEN],
  [/(\bBearer\s+)[\w.~+/=-]{8,}/gi, `$1${HIDDEN}`],
  [
    /(?<!\barn:\S*)(["']?[\w.-]*(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key)["']?\s*[:=]\s*)("[^"]+"|'[^']+'|[^\s,;&"'}]+)/gi,
    `$1${HIDDEN}`,
  ],
];

/** Hides in log lines what must not be printed: sensitive outputs, secretive variables, and what looks like a secret. */
export function logRedactor(redact: Redact, taskDefinition: TaskDefinition | undefined): Redact {
  const values = (taskDefinition?.containerDefinitions ?? [])
    .flatMap(({ environment = [] }) => environment)
    .filter(({ name = '', value = '' }) => SECRETIVE.test(name) && value.length >= LEAST_LENGTH)
    .map(({ value = '' }) => value)
    .sort((one, other) => other.length - one.length);
  return (line) => {
    const known = values.reduce((text, value) => text.replaceAll(value, HIDDEN), redact(line));
    return SHAPES.reduce((text, [pattern, to]) => text.replace(pattern, to), known);
  };
}
