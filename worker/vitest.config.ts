import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    environment: 'node',
    sequence: { shuffle: true },
    testTimeout: 30_000, // Argon2id takes its time on a busy machine
  },
});
