import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const harnessSetup = 'packages/server/tests/harness/global-setup.ts'

/**
 * Four projects: `tidy` (rules about the text of this repository), `unit` (tests beside their file), `server`
 * (a running server, spoken to over HTTP) and `simulation` (many nodes in one thread, by seed).
 */
export default defineConfig({
  resolve: {
    alias: { '@holdfast/cluster': `${import.meta.dirname}/packages/cluster/src/index.ts` },
  },
  test: {
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'tidy', include: ['tidy/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'benchmarks/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['simulation/**/*.test.ts', 'packages/cluster/scenarios/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['packages/server/tests/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // The compiled server is loaded as Node would, also by the set-up.
          server: { deps: { external: [/\/packages\/server\/dist\//] } },
          ...(existsSync(harnessSetup) ? { globalSetup: [harnessSetup] } : {}),
        },
      },
    ],
  },
})
