import { defineConfig } from 'vitest/config';
import { threadForTests } from './test/support/thread-plugin.js';

export default defineConfig({
  plugins: [threadForTests()],
  test: { include: ['test/{unit,scenarios,migrations}/**/*.test.ts'], pool: 'forks', testTimeout: 120_000, globalSetup: ['test/support/build-thread.ts'] },
});
