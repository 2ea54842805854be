import { logins } from './profiles/logins.ts'
import { mixed } from './profiles/mixed.ts'
import type { Profile } from './profiles/profile.ts'
import { startup } from './profiles/startup.ts'
import { tokens } from './profiles/tokens.ts'
import { writeResults } from './report/write-results.ts'
import { moveToOtherCore, pinned } from './server/pinning.ts'
import { openPostgres } from './server/postgres.ts'

/**
 * `npm run bench [-- <profile> …] [--seconds=N] [--connections=N] [--unpinned]`: measures a server on this machine
 * next to the machine's own limits. `KC_TEST_DB_URL` names a PostgreSQL to use instead of a throw-away one.
 */
const profiles: Readonly<Record<string, Profile>> = { startup, tokens, logins, mixed }
const usageExitCode = 2

function option(name: string, otherwise: number): number {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`))
  return found === undefined ? otherwise : Number(found.slice(name.length + 3))
}

async function main(): Promise<number> {
  const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
  const names = asked.length === 0 ? Object.keys(profiles) : asked
  const unknown = names.find((name) => profiles[name] === undefined)
  if (unknown !== undefined) {
    console.error(`unknown profile ${unknown}; there are ${Object.keys(profiles).join(', ')}`)
    return usageExitCode
  }
  moveToOtherCore(process.pid)
  await using postgres = await openPostgres()
  console.log(pinned() ? 'server on core 0, PostgreSQL and load on core 1' : 'nothing is pinned')
  for (const name of names) {
    const begin = performance.now()
    const results = await profiles[name]?.({
      postgresUrl: postgres.url,
      seconds: option('seconds', 6),
      connections: option('connections', 32),
      progress: (text) => {
        console.log(
          `${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${name}: ${text}`,
        )
      },
    })
    if (results !== undefined) writeResults(name, results)
  }
  return 0
}

process.exitCode = await main()
