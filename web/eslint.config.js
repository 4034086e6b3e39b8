import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const features = [
  'overview',
  'nodes',
  'accounts',
  'deploy',
  'apps',
  'activity',
  'settings',
  'storage',
  'vault',
  'device',
  'demo',
];

// A feature may import engine/, ui/ and history/ only; ui/, engine/ and history/ never look up at features or app.
const featureRules = features.map((feature) => ({
  files: [`src/features/${feature}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: features.filter((f) => f !== feature).map((f) => `**/${f}/**`),
            message:
              'A feature never imports another feature: put the shared part in ui/ or engine/.',
          },
          { group: ['**/app/**'], message: 'Features do not know the shell.' },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'coverage'] },
  js.configs.recommended,
  tseslint.configs.strict,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat['recommended-latest'],
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', 450],
      // Speaks to users of the React compiler only.
      'react-hooks/incompatible-library': 'off',
    },
  },
  {
    files: ['src/{ui,engine,history}/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/features/**', '**/app/**'], message: 'Arrows point down.' }] },
      ],
    },
  },
  ...featureRules,
  {
    // Only the dev harness and tests may see the fake engine: it must never reach the bundle.
    files: ['src/{app,engine,ui,history,features}/**/*.{ts,tsx}', 'src/main.tsx'],
    ignores: ['**/*.test.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/testing/**'], message: 'The fake engine is for tests only.' }] },
      ],
    },
  },
  {
    files: ['tools/**/*.mjs', '*.{js,ts}'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  {
    files: ['public/**/*.js'],
    languageOptions: { globals: globals.browser, sourceType: 'script' },
  },
);
