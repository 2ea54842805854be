import { defineConfig } from 'vitest/config'

/** What tests of a running server have in common. */
const runningServer = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  globalSetup: ['packages/server/tests/harness/global-setup.ts'],
  // The compiled server is loaded as Node would, also by the set-up.
  server: { deps: { external: [/\/packages\/server\/dist\//] } },
}

function testsIn(folders: readonly string[]): string[] {
  return folders.map((folder) => `packages/server/tests/${folder}/**/*.test.ts`)
}

/** Real browsers and client libraries, and what is built for others to install. */
const clientTests = testsIn(['clients', 'pages', 'consoles', 'artefacts'])
/** Tests that keep the machine busy for long: killed nodes, random requests, frozen and cut-off processes. */
const longTests = testsIn(['kill', 'fuzz', 'cluster', 'chaos', 'hostile'])
const kubernetesTests = testsIn(['kubernetes'])

/**
 * Seven projects, quick ones first: `tidy` (rules about the text of this repository), `unit` (tests beside their file),
 * `simulation` (many nodes in one thread, by seed), `server` (a running server, spoken to over HTTP), `clients` (browsers
 * and libraries speak to it), `endurance` (long, and one at a time) and `kubernetes`.
 */
export default defineConfig({
  resolve: {
    alias: { '@holdfast/cluster': `${import.meta.dirname}/packages/cluster/src/index.ts` },
  },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // Each of its tests reads the whole repository.
        test: { name: 'tidy', include: ['tidy/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'benchmarks/**/*.test.ts'],
          // Property tests compute for seconds on a machine that has other work.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['simulation/**/*.test.ts', 'packages/cluster/scenarios/**/*.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...runningServer,
          name: 'server',
          include: ['packages/server/tests/**/*.test.ts'],
          exclude: [...clientTests, ...longTests, ...kubernetesTests],
          // A test waits as long as it computes: for a clock, a database, a mail.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...runningServer,
          name: 'clients',
          include: clientTests,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          ...runningServer,
          name: 'endurance',
          include: longTests,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      // They bring their own servers, and are left out unless `npm run test:kubernetes` asks for them.
      {
        extends: true,
        test: { name: 'kubernetes', include: kubernetesTests, sequence: { groupOrder: 5 } },
      },
    ],
  },
})
