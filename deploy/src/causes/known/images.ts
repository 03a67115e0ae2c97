import type { Known } from '../cause';
import { byReason, inContainer } from '../words';

const image = /\.image$/;

/** As ECS names it, without its digest's tail. */
function imageIn(text: string): string | undefined {
  const found =
    /failed to resolve ref ([^\s,]+?):?\s/i.exec(text)?.[1] ??
    /image "?([\w.-]+[/:][\w./:@-]*\w)/i.exec(text)?.[1];
  return found?.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}/, '$1');
}

export const images: readonly Known[] = [
  {
    name: 'pull-rate-limit',
    touches: image,
    find: byReason(/toomanyrequests|pull rate limit|429 Too Many Requests/i, (group, text) => {
      const repository = /\/v2\/([^\s]+?)\/manifests/.exec(text)?.[1];
      return {
        sentence: `Docker Hub's limit of pulls is reached for ${repository ?? `the image of ${inContainer(group)}`} (toomanyrequests)`,
        fix: 'take the image from public.ecr.aws (docker/library/... for official ones) or copy it to ECR, or give the container "repositoryCredentials" of a Docker account',
        certainty: 'certain',
      };
    }),
  },
  {
    name: 'image-architecture',
    touches: /\.image$|runtimePlatform/,
    find: byReason(
      /does not contain descriptor matching platform|no matching manifest for|image platform .* does not match/i,
      (group, text) => ({
        sentence: `the image of ${inContainer(group)} is not built for ${/platform '?"?([\w/]+)/i.exec(text)?.[1] ?? 'the architecture of the task'}`,
        fix: 'build it for that platform ("docker build --platform linux/amd64"), or set "runtimePlatform.cpuArchitecture" to what it is built for',
        certainty: 'certain',
      }),
    ),
  },
  {
    name: 'image-denied',
    touches: image,
    find: byReason(
      /CannotPull.*(denied|forbidden|unauthorized|no basic auth credentials|\b40[13]\b)/is,
      (group, text) => ({
        sentence: `the image ${imageIn(text) ?? `of ${inContainer(group)}`} cannot be pulled: access is denied`,
        fix: 'allow the task execution role to pull from that repository (ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, also in the policy of a repository of another account), or give "repositoryCredentials"',
        certainty: 'certain',
      }),
    ),
  },
  {
    name: 'image-not-found',
    touches: image,
    find: byReason(
      /CannotPull.*(not found|manifest unknown|does not exist|repository .* not)/is,
      (group, text) =>
        /i\/o timeout/i.test(text)
          ? undefined
          : {
              sentence: `the image ${imageIn(text) ?? `of ${inContainer(group)}`} cannot be pulled: it does not exist`,
              fix: 'push the image, or deploy one that is in the registry ("slipway deploy --image REFERENCE"); a lifecycle policy of the repository may have removed it',
              certainty: 'certain',
            },
    ),
  },
];

/** What else keeps an image from being pulled. Asked after everything that knows better. */
export const imageUnpullable: Known = {
  name: 'image-cannot-be-pulled',
  touches: image,
  find: byReason(/CannotPull/i, (group, text) => ({
    sentence: `the image ${imageIn(text) ?? `of ${inContainer(group)}`} cannot be pulled: ${text.replace(/^.*?CannotPull\w*:\s*/is, '').slice(0, 200)}`,
    fix: 'pull it by hand with the same reference, then look at the registry',
    certainty: 'likely',
  })),
};
