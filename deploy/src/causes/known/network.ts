import type { Cause, Evidence, Known } from '../cause';
import { gapOf } from '../network';
import { list, textOf } from '../words';

/** By the text of a stopped task: which service could not be reached. */
const UNREACHED: readonly { text: RegExp; service: string; what: string }[] = [
  { text: /GetAuthorizationToken|pull registry auth/i, service: 'ecr.api', what: 'ECR (api)' },
  {
    text: /starport-layer-bucket|\bs3\.[\w-]+\.amazonaws/i,
    service: 's3',
    what: 'S3 (where ECR keeps layers)',
  },
  { text: /CannotPull.*\.dkr[.-]ecr\./is, service: 'ecr.dkr', what: 'ECR (dkr)' },
  { text: /retrieve secrets from ssm/i, service: 'ssm', what: 'the Parameter Store (ssm)' },
  {
    text: /retrieve secret from asm|from secrets manager/i,
    service: 'secretsmanager',
    what: 'Secrets Manager',
  },
  { text: /logs\.[\w-]+\.amazonaws|Cloudwatch log/i, service: 'logs', what: 'CloudWatch Logs' },
  { text: /CannotPull/i, service: 'internet', what: 'the registry' },
];

const timedOut = /i\/o timeout|context deadline exceeded|request canceled|connection issue|no route to host/i;

/** What tasks could not reach before their containers started. */
export function unreachedService({
  stopped,
}: Pick<Evidence, 'stopped'>): (typeof UNREACHED)[number] | undefined {
  for (const group of stopped) {
    const text = textOf(group);
    const found = timedOut.test(text) ? UNREACHED.find((one) => one.text.test(text)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

export const network: readonly Known[] = [
  {
    name: 'no-route',
    touches: /networkConfiguration/,
    find: (evidence): Cause | undefined => {
      const unreached = unreachedService(evidence);
      if (unreached === undefined) return undefined;
      const exits = evidence.facts?.exits ?? [];
      const cannot = `the task cannot reach ${unreached.what} from its subnet`;
      for (const exit of exits) {
        const gap = gapOf(exit, unreached.service);
        if (gap !== undefined)
          return { sentence: `${cannot}: ${gap.sentence}`, fix: gap.fix, certainty: 'certain' };
      }
      if (exits.length === 0) {
        return {
          sentence: cannot,
          fix: 'give the subnet a route out (NAT, or a public address in a public subnet) or VPC endpoints for ECR (api and dkr), S3 and Logs',
          certainty: 'likely',
        };
      }
      const ways = exits.map(({ subnetId, endpoints, route }) =>
        endpoints.has(unreached.service)
          ? `${subnetId} has an endpoint for it`
          : `${subnetId} has a way out (${route.target ?? ''})`,
      );
      const groups = evidence.facts?.securityGroups ?? [];
      return {
        sentence: `${cannot}, although ${list(ways)}`,
        fix: `look at what stands in between: outgoing rules of ${groups.length === 0 ? 'the security group' : list(groups)}, incoming rules of the endpoint's security group (port 443), network ACLs`,
        certainty: 'likely',
      };
    },
  },
];
