import type { Input } from '../commands/command';
import { SlipwayError } from '../errors';

/** The values of an option that may be given several times. */
export function listOption({ options }: Input, name: string): readonly string[] {
  const value = options[name];
  return typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : [];
}

interface Images {
  /** For every service that has none of its own. */
  common: string | undefined;
  byService: ReadonlyMap<string, string>;
}

/** `--image REFERENCE` and `--image SERVICE=REFERENCE`. @throws SlipwayError USAGE where two are for the same. */
function readImages(input: Input): Images {
  let common: string | undefined;
  const byService = new Map<string, string>();
  for (const text of listOption(input, 'image')) {
    // No reference of an image has "=" in it.
    const equals = text.indexOf('=');
    const [service, reference] =
      equals < 0 ? [undefined, text] : [text.slice(0, equals), text.slice(equals + 1)];
    const before = service === undefined ? common : byService.get(service);
    if (before !== undefined && before !== reference) {
      const whose = service === undefined ? 'every service' : `service "${service}"`;
      throw new SlipwayError('USAGE', `--image names two images for ${whose}: ${before} and ${reference}`, {
        hint: 'give each service its own: --image NAME=REFERENCE',
      });
    }
    if (service === undefined) common = reference;
    else byService.set(service, reference);
  }
  return { common, byService };
}

/** The services that `--image NAME=REFERENCE` names. */
export function imageNames(input: Input): string[] {
  return [...readImages(input).byService.keys()];
}

/** `--image` is the variable IMAGE of a service, before the process's own. */
export function imageVariable(input: Input, service: string | undefined): Record<string, string> {
  const { common, byService } = readImages(input);
  const image = (service === undefined ? undefined : byService.get(service)) ?? common;
  return image === undefined ? {} : { IMAGE: image };
}
