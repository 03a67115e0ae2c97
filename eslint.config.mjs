import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** One side of the house may not reach into the other; see README, "How the repository is laid out". */
const forbid = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const providerRoot = {
  regex: '^@cdktf/provider-aws$',
  message: 'Import one resource: @cdktf/provider-aws/lib/<resource>. The root loads 2,500 modules.',
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/cdktf.out/',
      '**/.slipway/',
      'coverage/',
      'deploy/test/fixtures/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      ...forbid([providerRoot]),
    },
  },
  {
    files: ['deploy/src/**'],
    rules: forbid([{ regex: 'rehearsal/', message: 'src/ never imports the rehearsal.' }]),
  },
  {
    files: ['deploy/rehearsal/**'],
    rules: forbid([{ regex: '\\.\\./src/', message: 'The rehearsal never imports the deploy tool.' }]),
  },
  {
    files: ['infra/**'],
    ignores: ['infra/cdktf.ts'],
    rules: forbid([
      providerRoot,
      { regex: '^cdktf$', message: 'Import ./cdktf: one place changes when CDK Terrain replaces it.' },
    ]),
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-console': 'off' },
  },
);
