// What ECR knows of one tag.
import { awsRequest } from './aws.mjs';
import { oneLine, Refusal } from './workflow.mjs';

/**
 * @returns {Promise<string | undefined>} its digest; undefined where the repository has no such tag
 * @throws Refusal with ECR's own words
 */
export async function digestOfTag(repository, tag) {
  const problem = (words) =>
    new Refusal(`Cannot look for the tag ${tag} in the repository ${repository}: ${words}`);
  const { status, text } = await awsRequest({
    service: 'ecr',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeImages',
    },
    body: JSON.stringify({ repositoryName: repository, imageIds: [{ imageTag: tag }] }),
  }).catch((error) => {
    throw problem(error?.cause?.message ?? error?.message ?? String(error));
  });
  if (status === 200) return JSON.parse(text).imageDetails?.[0]?.imageDigest;
  if (text.includes('ImageNotFoundException')) return undefined;
  throw problem(`${status} ${oneLine(text)}`);
}
