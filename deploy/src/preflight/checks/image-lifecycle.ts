import type { ImageDetail } from '@aws-sdk/client-ecr';
import { parseEcrImage } from '../../release/images';
import type { Check } from '../check';
import { text } from '../values';
import { each } from '../world';

interface Rule {
  selection?: {
    tagStatus?: string;
    tagPrefixList?: string[];
    tagPatternList?: string[];
    countType?: string;
    countNumber?: number;
  };
}

const soonDays = 7;
const day = 24 * 3600 * 1000;

export const imageLifecycle: Check = {
  name: 'image-lifecycle',
  summary: "the repository's lifecycle policy does not delete the image soon",
  actions: ['ecr:BatchGetImage', 'ecr:GetLifecyclePolicy', 'ecr:DescribeImages'],
  run: ({ containers }, world) =>
    each(containers, async ({ name, value, at }) => {
      const image = parseEcrImage(text(value['image']) ?? '');
      if (image === undefined) return [];
      const { readImages, readLifecyclePolicy, readManifest } = await import('../reads/ecr.ts');
      const policy = await readLifecyclePolicy(world, image);
      const rules = rulesOf(policy);
      if (rules.length === 0) return [];
      const [all, found] = await Promise.all([readImages(world, image), readManifest(world, image)]);
      const own = all.find(({ imageDigest }) => imageDigest === found?.digest);
      if (own === undefined) return [];
      const reason = rules.map((rule) => expires(rule, own, all)).find((one) => one !== undefined);
      if (reason === undefined) return [];
      return [
        {
          level: 'warning',
          message: `the image of container ${name} ${reason}: without it neither this release starts new tasks, nor can a rollback go back to it`,
          hint: 'let the lifecycle policy keep more, or push the image again under a new tag',
          position: at('image'),
        },
      ];
    }),
};

function rulesOf(policy: string | undefined): Rule[] {
  try {
    const { rules } = JSON.parse(policy ?? '{}') as { rules?: Rule[] };
    return Array.isArray(rules) ? rules : [];
  } catch {
    return [];
  }
}

/** Why a rule is near to deleting the image. Rules of higher priority, which may spare it, are not weighed. */
function expires(
  { selection = {} }: Rule,
  own: ImageDetail,
  all: readonly ImageDetail[],
): string | undefined {
  const { countType, countNumber = 0 } = selection;
  if (!concerns(selection, own)) return undefined;
  const pushed = ({ imagePushedAt }: ImageDetail) => imagePushedAt?.getTime() ?? 0;
  if (countType === 'imageCountMoreThan') {
    const newer = all.filter((one) => concerns(selection, one) && pushed(one) > pushed(own)).length;
    const left = countNumber - newer - 1;
    // Near: the last tenth of what is kept.
    if (left >= Math.max(1, Math.floor(countNumber / 10))) return undefined;
    return `is number ${newer + 1} of the ${countNumber} that the lifecycle policy of its repository keeps`;
  }
  if (countType === 'sinceImagePushed') {
    const days = countNumber - (Date.now() - pushed(own)) / day;
    return days < soonDays && days < countNumber / 2
      ? `is deleted by the lifecycle policy of its repository within ${Math.max(0, Math.ceil(days))} days`
      : undefined;
  }
  return undefined;
}

function concerns(selection: NonNullable<Rule['selection']>, { imageTags = [] }: ImageDetail): boolean {
  const { tagStatus, tagPrefixList, tagPatternList } = selection;
  if (tagStatus === 'untagged') return imageTags.length === 0;
  if (tagStatus !== 'tagged') return true;
  const prefixed = tagPrefixList?.some((prefix) => imageTags.some((tag) => tag.startsWith(prefix)));
  const matched = tagPatternList?.some((pattern) => imageTags.some((tag) => like(pattern).test(tag)));
  return prefixed === true || matched === true;
}

const like = (pattern: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+^${}()|[\]\\?]/g, '\\$&'))
      .join('.*')}$`,
  );
