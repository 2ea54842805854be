import { admin } from './profiles/admin.ts'
import { anatomy } from './profiles/anatomy.ts'
import { compare } from './profiles/compare.ts'
import { growth } from './profiles/growth.ts'
import { logins } from './profiles/logins.ts'
import { mixed } from './profiles/mixed.ts'
import { overload } from './profiles/overload.ts'
import type { Profile, ProfileContext } from './profiles/profile.ts'
import { scale } from './profiles/scale.ts'
import { soak } from './profiles/soak.ts'
import { startup } from './profiles/startup.ts'
import { tokens } from './profiles/tokens.ts'
import { workers } from './profiles/workers.ts'
import { figure } from './report/table.ts'
import { type Results, writeResults, writeSummary } from './report/write-results.ts'
import { moveToOtherCore, pinned } from './server/pinning.ts'
import { openPostgres, type Postgres } from './server/postgres.ts'
import { watchStolenTime } from './server/stolen-time.ts'

/**
 * `npm run bench [-- <profile> …] [options]`: measures a server on this machine next to the machine's own limits.
 * Without a profile it runs those of `usual`, about ten minutes. Options: `--seconds=N` of each measurement,
 * `--connections=N`, `--unpinned`, `--warmup=N` and `--workers=N` (compare), `--minutes=N` (soak), `--scale=X` and
 * `--axis=NAME,…` (growth); `--scale=X` holds for `scale`, too.
 * `KC_TEST_DB_URL` names a PostgreSQL to use instead of a throw-away one.
 */
const usual: Readonly<Record<string, Profile>> = {
  startup,
  tokens,
  logins,
  admin,
  mixed,
}
/** How long the profiles of `usual` take in a slow hour, and all of them together at most. */
const usualMs: Readonly<Record<string, number>> = {
  startup: 20_000,
  tokens: 280_000,
  logins: 160_000,
  admin: 110_000,
  mixed: 20_000,
}
const usualMsMax = 600_000
const profiles: Readonly<Record<string, Profile>> = {
  ...usual,
  anatomy,
  overload,
  workers,
  soak,
  growth,
  scale,
  compare,
}
const usageExitCode = 2
const failureExitCode = 1

function text(name: string): string | null {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`))
  return found?.slice(name.length + 3) ?? null
}

function option(name: string, otherwise: number): number {
  const given = text(name)
  return given === null ? otherwise : Number(given)
}

async function main(): Promise<number> {
  const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
  const names = asked.length === 0 ? Object.keys(usual) : asked
  const unknown = names.find((name) => profiles[name] === undefined)
  if (unknown !== undefined) {
    console.error(`unknown profile ${unknown}; there are ${Object.keys(profiles).join(', ')}`)
    return usageExitCode
  }
  moveToOtherCore(process.pid)
  await using postgres = await openPostgres()
  console.log(pinned() ? 'server on core 0, load on core 1' : 'nothing is pinned')
  const all: Record<string, Results> = {}
  const failed: string[] = []
  const begin = performance.now()
  for (const name of names) {
    if (asked.length === 0 && performance.now() - begin + (usualMs[name] ?? 0) > usualMsMax) {
      console.error(`${name} is left out: time is up; npm run bench -- ${name} measures it`)
      continue
    }
    try {
      const stolen = watchStolenTime()
      const measured = await profiles[name]?.(contextOf(name, postgres))
      if (measured === undefined) continue
      const results = { ...measured, notes: [...measured.notes, stolenText(stolen())] }
      writeResults(name, results)
      all[name] = results
    } catch (error) {
      // The others have their figures all the same.
      console.error(`${name} failed:`, error)
      failed.push(name)
    }
  }
  if (Object.keys(all).length > 1) writeSummary(all)
  if (failed.length === 0) return 0
  console.error(`failed: ${failed.join(', ')}`)
  return failureExitCode
}

function stolenText(share: number): string {
  return `the hypervisor gave ${figure(100 * share)} % of the processors' time to others meanwhile`
}

function contextOf(name: string, postgres: Postgres): ProfileContext {
  const begin = performance.now()
  return {
    postgresUrl: postgres.url,
    postgresTcpUrl: postgres.tcpUrl,
    seconds: option('seconds', 4),
    connections: option('connections', 32),
    warmupSeconds: option('warmup', 30),
    workers: option('workers', 1),
    minutes: option('minutes', 30),
    scale: option('scale', 1),
    axis: text('axis'),
    progress: (step) => {
      const seconds = ((performance.now() - begin) / 1000).toFixed(1).padStart(6)
      console.log(`${seconds} s  ${name}: ${step}`)
    },
  }
}

process.exitCode = await main()
