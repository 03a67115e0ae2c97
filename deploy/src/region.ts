import type { Context } from './context';
import { SlipwayError } from './errors';

/** The config's region, else AWS_REGION, else the AWS profile's; looked for when it is asked for, and once. */
export function resolveRegion(context: Context, configured: string | undefined): () => Promise<string> {
  let resolved: Promise<string> | undefined;
  return () => (resolved ??= find(context, configured));
}

async function find({ env }: Context, configured: string | undefined): Promise<string> {
  const known = configured ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION']);
  if (known) return known;
  try {
    const { readProfileRegion } = await import('./aws/read-parameter.ts');
    return await readProfileRegion(env['AWS_PROFILE']);
  } catch (cause) {
    throw new SlipwayError('CONFIG_INVALID', 'no AWS region is set', {
      hint: 'set AWS_REGION, or "region" in the config',
      cause,
    });
  }
}
