// The scripts, the deployment files' tests and whatever workspace brings no settings of its own.
import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'build',
      'third_party',
      '.toolchain',
      '.local',
      'examples',
      'web',
      'worker',
      '**/dist',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    languageOptions: { globals: globals.node },
    rules: {
      'max-lines': ['error', 450],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
    },
  },
  {
    // A part of each runs in a page.
    files: ['tests/bench/**'],
    languageOptions: { globals: { ...globals.node, ...globals.browser, ...globals.worker } },
  },
);
