import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['src/engine/engine.mjs', 'src/kdf/kdf.mjs'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.worker },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', 450],
      'max-lines-per-function': ['error', 70],
    },
  },
  { files: ['tests/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['src/generated/**'], rules: { 'max-lines': 'off' } },
  { files: ['*.js', 'tests/*.mjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['tests/*.mjs'], languageOptions: { globals: globals.node } },
);
