/**
 * `npm test`: types, lint, tidy and dead code, then every test; each check counts as one.
 * Arguments go to Vitest (`npm test -- packages/server/tests/login`); then the checks are left out but for the compiler's,
 * because the tests of a running server run what it wrote.
 * Its very last line is `N passed, N failed`; the exit code is 1 when anything failed or took too long.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const checkLimitMs = 5 * 60_000
const testLimitMs = 50 * 60_000
const killAfterMs = 10_000

const types = ['types', ['tsc', '--build']]
const checks = [
  types,
  ['lint', ['biome', 'check', '--error-on-warnings', '.']],
  ['dead code', ['knip', '--no-progress']],
]

/** Runs a tool of this workspace; resolves to whether it ended by itself, in time, with exit code 0. */
function run([tool, ...args], limitMs, env = {}) {
  return runProgram(
    tool,
    join(import.meta.dirname, '..', 'node_modules', '.bin', tool),
    args,
    limitMs,
    env,
  )
}

/** The server starts from its bundle, which is made of what the compiler wrote. */
function bundle() {
  const script = join(import.meta.dirname, 'bundle-server.mjs')
  return runProgram('the bundle', process.execPath, [script], checkLimitMs)
}

function runProgram(tool, executable, args, limitMs, env = {}) {
  const child = spawn(executable, args, {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve) => {
    let kill
    const stop = setTimeout(() => {
      console.error(`${tool} took longer than ${limitMs / 60_000} minutes and is stopped`)
      child.kill('SIGTERM')
      kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    }, limitMs)
    child.once('error', () => resolve(false))
    child.once('exit', (code) => {
      clearTimeout(stop)
      clearTimeout(kill)
      resolve(code === 0)
    })
  })
}

async function runChecks(chosen) {
  const counts = { passed: 0, failed: 0 }
  for (const [name, command] of chosen) {
    const compiled = await run(command, checkLimitMs)
    const passed = name === 'types' ? compiled && (await bundle()) : compiled
    console.log(`${passed ? 'passed' : 'FAILED'}: ${name}`)
    counts[passed ? 'passed' : 'failed'] += 1
  }
  return counts
}

async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tests-'))
  const file = join(folder, 'counts.json')
  const reporters = ['--reporter=default', '--reporter=./scripts/count-reporter.mjs']
  const passed = await run(['vitest', 'run', ...reporters, ...args], testLimitMs, {
    HOLDFAST_TEST_COUNTS: file,
  })
  const counts = countsIn(file)
  rmSync(folder, { recursive: true, force: true })
  if (!passed && counts.failed === 0) counts.failed = 1
  return counts
}

function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const args = process.argv.slice(2)
// A machine that stands still for a second makes a test of time fail; the whole suite tries such a test once more and says so.
const vitestArgs = args.length === 0 ? ['--retry=1'] : args
const checked = await runChecks(args.length === 0 ? checks : [types])
// What does not compile is not tested: the tests would run the build before it.
const compiles = args.length === 0 || checked.failed === 0
const results = [checked, compiles ? await runVitest(vitestArgs) : { passed: 0, failed: 0 }]
const total = (key) => results.reduce((sum, counts) => sum + counts[key], 0)
process.exitCode = total('failed') === 0 ? 0 : 1
console.log(`${total('passed')} passed, ${total('failed')} failed`)
