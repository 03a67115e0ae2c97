// Where AWS is: what follows from the account and the region.
import { Refusal } from './workflow.mjs';

/**
 * @returns {{ account: string, region: string, partition: string, registry: string }} registry: host of ECR
 * @throws Refusal naming every variable that is not what it should be
 */
export function readPlace(env = process.env) {
  const { AWS_ACCOUNT_ID: account = '', AWS_REGION: region = '' } = env;
  const problems = [
    wrong('AWS_ACCOUNT_ID', account, /^\d{12}$/, 'the twelve digits of the AWS account'),
    wrong('AWS_REGION', region, /^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as ap-northeast-1'),
  ].filter(Boolean);
  if (problems.length > 0) throw new Refusal(problems.join('\n'));
  const china = region.startsWith('cn-');
  return {
    account,
    region,
    partition: china ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws',
    registry: `${account}.dkr.ecr.${region}.amazonaws.com${china ? '.cn' : ''}`,
  };
}

function wrong(name, value, pattern, right) {
  return pattern.test(value)
    ? undefined
    : `The repository variable ${name} is "${value}": set it to ${right} in Settings > Secrets and variables > Actions > Variables.`;
}
