/**
 * `node scripts/build-earlier.mjs`: builds the server as it was before the last migration of the schema came, in `.tmp/earlier`, for
 * `npm run chaos -- --stack --earlier=FILE`, which changes nodes of that build for nodes of this one. Prints FILE.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.tmp', 'earlier')
const migrations = 'packages/server/src/database/migrations'

function run(program, args, cwd = root) {
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] }).trim()
}

const last = readdirSync(join(root, migrations))
  .filter((name) => /^\d{3}-.*\.ts$/.test(name))
  .sort()
  .at(-1)
const came = run('git', [
  'log',
  '--diff-filter=A',
  '-1',
  '--format=%H',
  '--',
  `${migrations}/${last}`,
])
if (came === '') throw new Error(`the history does not say when ${last} came: is the clone whole?`)
if (existsSync(folder)) run('git', ['worktree', 'remove', '--force', folder])
run('git', ['worktree', 'prune'])
run('git', ['worktree', 'add', '--detach', folder, `${came}^`])
// Links of the workspace inside lead to its own packages; files are shared with this one.
run('cp', ['-al', 'node_modules', folder])
for (const name of readdirSync(join(root, 'packages'))) {
  const modules = join('packages', name, 'node_modules')
  if (existsSync(join(root, modules)) && existsSync(join(folder, 'packages', name)))
    run('cp', ['-al', modules, join(folder, 'packages', name)])
}
run('node_modules/.bin/tsc', ['--build', 'packages/server'], folder)
run(process.execPath, [join('scripts', 'bundle-server.mjs')], folder)
process.stdout.write(`${join(folder, 'packages', 'server', 'dist', 'main.js')}\n`)
