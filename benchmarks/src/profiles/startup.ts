import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startServer } from '@holdfast/server/harness/server-process'
import pg from 'pg'
import { median } from '../median.ts'
import type { Row } from '../report/row.ts'
import { atMost } from '../report/target.ts'
import { startBenchServer } from '../server/bench-server.ts'
import { anyCorePrefix, serverPrefix } from '../server/pinning.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import type { Profile, ProfileContext } from './profile.ts'

const starts = 5
const idleMs = 3_000
const warmTargetMs = 700
const embeddedTargetMs = 4_000
const idleTargetMegabytes = 100
const execute = promisify(execFile)

/** Starts, cold and warm, and the memory of one worker at rest. */
export const startup: Profile = async (context) => {
  context.progress('limit: node -e 0 and one connection to PostgreSQL')
  const limit = await medianOf(starts, () => nodeAndConnection(context.postgresUrl))
  context.progress('first start with the embedded database')
  const embeddedMs = await embeddedStart()
  context.progress('first start on an empty database')
  const begin = performance.now()
  await using bench = await startBenchServer(context.postgresUrl)
  const firstMs = performance.now() - begin
  await bench.server.stop()
  const { warmMs, memory } = await warmStarts(context, bench.database.url)
  return {
    rows: [
      row('warm start to ready', warmMs, 'ms', limit),
      row('first start with import', firstMs, 'ms', null),
      row('first start, embedded database', embeddedMs, 'ms', null),
      row('memory at rest', memory, 'MB', null),
    ],
    costs: [],
    targets: [
      atMost('warm start to ready', warmMs, warmTargetMs, 'ms'),
      atMost('first start, embedded database', embeddedMs, embeddedTargetMs, 'ms'),
      atMost('memory at rest', memory, idleTargetMegabytes, 'MB'),
    ],
    notes: [],
  }
}

/** As `npm start` the first time: no database is named, and no core. */
async function embeddedStart(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  // PostgreSQL runs as another user when this is root, and that user has to get to its data.
  chmodSync(directory, 0o755)
  try {
    const begin = performance.now()
    const server = await startServer({
      prefix: anyCorePrefix(),
      options: [`--data-dir=${directory}`],
    })
    const tookMs = performance.now() - begin
    await server.stop()
    return tookMs
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function warmStarts(
  context: ProfileContext,
  databaseUrl: string,
): Promise<{ warmMs: number; memory: number }> {
  let memory = Number.NaN
  const warmMs = await medianOf(starts, async (attempt) => {
    context.progress(`warm start ${attempt + 1} of ${starts}`)
    const from = performance.now()
    const server = await startServer({ databaseUrl, prefix: serverPrefix() })
    const tookMs = performance.now() - from
    await pause(attempt === starts - 1 ? idleMs : 0)
    memory = residentMegabytes(server.pid)
    await server.stop()
    return tookMs
  })
  return { warmMs, memory }
}

function row(name: string, value: number, unit: string, limit: number | null): Row {
  const limitName = limit === null ? '' : 'node and a connection, ms'
  return {
    name,
    value,
    unit,
    limit,
    limitName,
    p50: null,
    p99: null,
    failures: 0,
    processorMicros: null,
  }
}

async function medianOf(times: number, run: (attempt: number) => Promise<number>): Promise<number> {
  const results: number[] = []
  for (let attempt = 0; attempt < times; attempt++) results.push(await run(attempt))
  return median(results)
}

async function nodeAndConnection(url: ProfileContext['postgresUrl']): Promise<number> {
  const begin = performance.now()
  const [command = '', ...words] = [...serverPrefix(), process.execPath, '-e', '0']
  await execute(command, words)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('SELECT 1')
  const tookMs = performance.now() - begin
  await client.end()
  return tookMs
}
