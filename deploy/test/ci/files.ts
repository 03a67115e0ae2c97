import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const repository = join(__dirname, '..', '..', '..');
export const folder = join(repository, 'deploy/ci');

const read = <T>(file: string): T => parse(readFileSync(join(folder, file), 'utf8')) as T;

export interface Buildspec {
  version: number;
  env?: { shell?: string; 'exported-variables'?: string[] };
  phases: Record<string, { 'runtime-versions'?: Record<string, number>; commands?: string[] }>;
  artifacts?: { files: string[] };
}

export const buildspecs = ['buildspec-test.yml', 'buildspec.yml', 'buildspec-deploy.yml'] as const;
export const buildspec = (file: (typeof buildspecs)[number]) => read<Buildspec>(file);

/** A job of GitLab, with what it extends. */
export interface GitlabJob {
  stage: string;
  extends?: string;
  environment?: string;
  resource_group?: string;
  needs?: string[];
  timeout?: string;
  id_tokens?: Record<string, { aud: string }>;
  rules?: { if: string; when?: string; allow_failure?: boolean }[];
  variables: Record<string, string>;
  before_script: string[];
  script: string[];
  artifacts?: { reports: { dotenv?: string } };
}

interface Pipeline {
  stages: string[];
  variables: Record<string, string>;
  [job: string]: unknown;
}

const NOT_JOBS = ['stages', 'workflow', 'default', 'variables'];

/** The pipeline as GitLab reads it: `extends` merges maps and replaces lists; a job's variables go over the pipeline's. */
export function gitlab(): { stages: string[]; jobs: Record<string, GitlabJob> } {
  const file = read<Pipeline>('gitlab-ci.yml');
  const jobs = Object.entries(file)
    .filter(([name]) => !NOT_JOBS.includes(name) && !name.startsWith('.'))
    .map(([name, own]) => {
      const { extends: base = '', variables = {}, ...rest } = own as Partial<GitlabJob>;
      const { variables: inherited = {}, ...more } = (file[base] ?? {}) as Partial<GitlabJob>;
      const job = {
        before_script: [],
        ...more,
        ...rest,
        variables: { ...file.variables, ...inherited, ...variables },
      };
      return [name, job] as const;
    });
  return { stages: file.stages, jobs: Object.fromEntries(jobs) as Record<string, GitlabJob> };
}

/** Every script of every file, with the place where it stands. */
export function scripts(): { where: string; script: string }[] {
  return [
    ...buildspecs.flatMap((file) =>
      Object.entries(buildspec(file).phases).map(([phase, { commands = [] }]) => ({
        where: `${file}, ${phase}`,
        script: commands.join('\n'),
      })),
    ),
    ...Object.entries(gitlab().jobs).map(([name, { before_script, script }]) => ({
      where: `gitlab-ci.yml, ${name}`,
      script: [...before_script, ...script].join('\n'),
    })),
  ];
}
