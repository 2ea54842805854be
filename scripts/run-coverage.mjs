/**
 * `npm run coverage`: which lines the tests of the unit and server projects run, in the tests' own process and in every
 * server that they start. Arguments choose tests, as for `npm test`. Writes `coverage/` (HTML) and prints a line per folder.
 * Servers that a test kills leave no trace; what only they run counts as not run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import coverage from 'istanbul-lib-coverage'
import report from 'istanbul-lib-report'
import reports from 'istanbul-reports'

const root = join(import.meta.dirname, '..')
const raw = join(root, 'coverage', 'raw')
/** Of the tests' own process, by Vitest; of the servers, by V8. */
const ofTests = join(root, 'coverage', 'tests')
const ofServers = join(root, 'coverage', 'servers')
const counted = [
  ...['--coverage.reporter', 'json', '--coverage.include', 'packages/*/src/**/*.ts'],
  ...['--coverage.exclude', '**/*.test.ts'],
]
const bundle = join(root, 'packages', 'server', 'dist', 'bundle')
const aside = `${bundle}.aside`

function run(program, args, env = {}) {
  return spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  }).status
}

const chosen = process.argv.slice(2)
const tests = chosen.length > 0 ? chosen : ['--project', 'unit', '--project', 'server']
rmSync(join(root, 'coverage'), { recursive: true, force: true })
// The bundle is one text of all modules: without it servers run the modules, whose lines lead to their sources.
if (existsSync(bundle)) renameSync(bundle, aside)
let status
try {
  status = run(
    'vitest/vitest.mjs',
    ['run', ...tests, '--coverage.enabled', `--coverage.reportsDirectory=${ofTests}`, ...counted],
    { NODE_V8_COVERAGE: raw },
  )
} finally {
  if (existsSync(aside)) renameSync(aside, bundle)
}
run('c8/bin/c8.js', [
  ...['report', '--temp-directory', raw, '--reports-dir', ofServers, '--reporter', 'json'],
  ...['packages/*/src/**', 'packages/*/dist/**'].flatMap((pattern) => ['--include', pattern]),
  ...['--exclude', '**/*.test.ts', '--exclude-after-remap'],
])
const coverageMap = coverage.createCoverageMap({})
for (const folder of [ofTests, ofServers]) {
  const file = join(folder, 'coverage-final.json')
  if (existsSync(file)) coverageMap.merge(JSON.parse(readFileSync(file, 'utf8')))
}
const context = report.createContext({ dir: join(root, 'coverage'), coverageMap })
for (const name of ['html', 'text', 'text-summary']) {
  reports.create(name, { skipFull: true }).execute(context)
}
process.exitCode = status ?? 1
