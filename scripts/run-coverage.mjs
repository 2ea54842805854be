/**
 * `npm run coverage`: which lines the tests of the unit and server projects run, in the tests' own process and in every
 * server that they start. Arguments choose tests, as for `npm test`. Writes `coverage/` (HTML) and prints a line per folder.
 * Servers that a test kills leave no trace; what only they run counts as not run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const raw = join(root, 'coverage', 'raw')
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
  status = run('vitest/vitest.mjs', ['run', ...tests], { NODE_V8_COVERAGE: raw })
} finally {
  if (existsSync(aside)) renameSync(aside, bundle)
}
const sources = ['packages/*/src/**', 'packages/*/dist/**']
run('c8/bin/c8.js', [
  ...['report', '--temp-directory', raw, '--reports-dir', join(root, 'coverage')],
  ...['--reporter', 'text-summary', '--reporter', 'html', '--reporter', 'text'],
  ...sources.flatMap((pattern) => ['--include', pattern]),
  ...['--exclude', '**/*.test.ts', '--exclude-after-remap', '--skip-full'],
])
process.exitCode = status ?? 1
