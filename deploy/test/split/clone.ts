import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project, type Ran } from '../project';

const checkout = 'actions/checkout@9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0 # v7.0.0';

/** What a repository with infrastructure, an app and workflows has at least. */
const files: Readonly<Record<string, string | object>> = {
  'package.json': {
    workspaces: ['infra', 'app'],
    engines: { node: '>=20' },
    overrides: { unused: '1.0.0' },
  },
  'tsconfig.json': '{\n  "compilerOptions": { "strict": true },\n  "include": ["infra", "app"]\n}\n',
  '.dockerignore': '*\n!package.json\n!app/package.json\n!app/src\n!infra/x\n',
  '.gitignore': 'node_modules\ndist/\n.env\ninfra/out\n',
  'infra/main.ts': 'export {};\n',
  'app/package.json': { name: '@slipway/app', version: '1.2.3', scripts: { start: 'node .' } },
  'app/slipway.yml': 'service: web\ncluster: app/web\ntask_definition: ecs/task-definition.json\n',
  'app/ecs/task-definition.json': { family: 'app/src' },
  'app/build.mjs': '',
  'app/src/main.ts': '// app/src/main.ts\n',
  'app/dist/main.js': 'built',
  'app/.env': 'SECRET=1',
  'app/compose.yaml': 'services:\n  web:\n    build:\n      context: ..\n      dockerfile: app/Dockerfile\n',
  'app/Dockerfile': `FROM node AS base
WORKDIR /srv
COPY package.json package-lock.json ./
# Of the workspace.
COPY app/package.json app/

FROM base AS build
RUN npm ci --workspace app --ignore-scripts
COPY app/src app/src
RUN node app/build.mjs

FROM base
COPY --from=build /srv/app/dist app/dist
WORKDIR /srv/app
CMD ["node", "dist/main.js"]
`,
  '.github/dependabot.yml': `updates:
  - package-ecosystem: docker
    directory: /app
  - package-ecosystem: terraform
    directory: /infra
  - package-ecosystem: npm
    directory: /
`,
  '.github/workflows/deploy.yml': `name: deploy
on:
  push:
    paths:
      - app/**
      - '!app/**/*.md'
      - package-lock.json
permissions: {}
env:
  APP_DIRECTORY: app
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${checkout}
      - uses: ./.github/actions/build
        with:
          directory: \${{ env.APP_DIRECTORY }}
      # Of app/test/ alone.
      - run: npx jest app/src/ && ls "$GITHUB_WORKSPACE/app/src" app/dist
      - run: npm test --workspace app
  ship:
    needs: test
    environment: { name: production }
    runs-on: ubuntu-24.04
    steps:
      - uses: ./.github/actions/slipway
        with:
          repository: app/web
          token: \${{ secrets.HOOK }}
      - run: slipway deploy production
        working-directory: app
        env:
          ACCOUNT: \${{ vars.AWS_ACCOUNT_ID }}
`,
  '.github/workflows/rollback.yml': `name: rollback
on: workflow_dispatch
jobs:
  rollback:
    environment: \${{ inputs.environment }}
    runs-on: ubuntu-24.04
    steps:
      - uses: ${checkout}
        with:
          sparse-checkout: |
            .github/actions
            app/slipway.yml
`,
  '.github/workflows/infra.yml': 'name: infra\non: push\njobs: {}\n',
  '.github/actions/build/action.yml': `name: Build
description: Builds
inputs:
  directory:
    description: Where it is
    default: app
runs:
  using: composite
  steps:
    - uses: ./.github/actions/nested
    - shell: bash
      run: node "$GITHUB_ACTION_PATH/../beside/run.mjs"
`,
  '.github/actions/nested/action.yml':
    'name: Nested\ndescription: Nested\nruns: { using: composite, steps: [] }\n',
  '.github/actions/beside/run.mjs': "import '../lib/shared.mjs';\n",
  '.github/actions/lib/shared.mjs': "export const file = 'x/app/src';\n",
  '.github/actions/slipway/action.yml': 'name: S\ndescription: S\nruns: { using: composite, steps: [] }\n',
  '.github/actions/cdktf/action.yml': 'name: C\ndescription: C\nruns: { using: composite, steps: [] }\n',
};

/** A clone in a temporary folder, and room for what is split off beside it. */
export class Clone {
  private readonly project = new Project();

  constructor(more: Readonly<Record<string, string | object>> = {}) {
    for (const [path, content] of Object.entries({ ...files, ...more })) this.write(path, content);
    this.git('init', '--quiet', '--initial-branch', 'main');
  }

  /** The folder that holds both. */
  get directory(): string {
    return this.project.directory;
  }

  write(path: string, content: string | object): void {
    this.project.write(`clone/${path}`, content);
  }

  git(...args: string[]): void {
    execFileSync('git', args, { cwd: join(this.directory, 'clone') });
  }

  /** In the clone. */
  run(...argv: string[]): Promise<Ran> {
    return this.project.run(argv, { PATH: process.env.PATH ?? '' }, 'clone');
  }

  /** Beside the clone. */
  entries(): string[] {
    return readdirSync(this.directory).sort();
  }

  /** Of the repository that was split off to `web`; undefined where there is no such file. */
  read(path: string): string | undefined {
    const file = join(this.directory, 'web', path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  remove(): void {
    this.project.remove();
  }
}
