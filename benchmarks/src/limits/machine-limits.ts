import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { type LoadOptions, type LoadResult, runLoad } from '../load/load.ts'
import { getBytes } from '../load/requests.ts'
import { median } from '../median.ts'
import { serverPrefix } from '../server/pinning.ts'

const here = import.meta.dirname
const execute = promisify(execFile)
/** Closed loop before a bare route's tail is measured: a process that has just begun has compiled nothing. */
const bareWarmupSeconds = 0.7
/** Of which the figures of a tail are medians. */
const tailRuns = 3

/** Runs one of the limit programs on the server's core and reads the number that it prints. */
async function measured(program: string, argument: number): Promise<number> {
  const [command = '', ...words] = [
    ...serverPrefix(),
    process.execPath,
    resolve(here, `${program}.js`),
    String(argument),
  ]
  const { stdout } = await execute(command, words)
  return Number(stdout)
}

/** RSA-2048 signatures per second. */
export function signatureLimit(seconds: number): Promise<number> {
  return measured('signatures', seconds)
}

/** Argon2id verifications per second with Keycloak's default parameters. */
export function verificationLimit(seconds: number): Promise<number> {
  return measured('verifications', seconds)
}

/** Requests per second of a bare Fastify route whose answers have `bodyBytes`, under the same load. */
export async function bareRouteLimit(
  bodyBytes: number,
  options: Omit<LoadOptions, 'port'>,
): Promise<number> {
  return await withBareRoute(bodyBytes, async (load) => (await load(options)).perSecond)
}

/**
 * Milliseconds of a bare Fastify route at a rate far below its highest, and p99 / p50: what the machine itself does to
 * latencies. Medians of three runs.
 */
export async function bareRouteTail(
  bodyBytes: number,
  options: Omit<LoadOptions, 'port'> & { readonly rate: number },
): Promise<{ p50: number; p99: number; quotient: number }> {
  const { rate, ...closed } = options
  return await withBareRoute(bodyBytes, async (load) => {
    await load({ ...closed, seconds: bareWarmupSeconds })
    const runs: LoadResult[] = []
    while (runs.length < tailRuns) runs.push(await load({ ...closed, rate }))
    const of = (member: (run: LoadResult) => number): number => median(runs.map(member))
    return {
      p50: of(({ p50 }) => p50),
      p99: of(({ p99 }) => p99),
      quotient: of(({ p50, p99 }) => p99 / p50),
    }
  })
}

async function withBareRoute<T>(
  bodyBytes: number,
  use: (load: (options: Omit<LoadOptions, 'port'>) => Promise<LoadResult>) => Promise<T>,
): Promise<T> {
  const { child, port } = await startBareRoute(bodyBytes)
  const bytes = getBytes('/')
  try {
    return await use((options) =>
      runLoad({ ...options, port }, async (connection) => {
        return (await connection.request(bytes)).status === 200
      }),
    )
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

async function startBareRoute(bodyBytes: number): Promise<{ child: ChildProcess; port: number }> {
  const [command = '', ...words] = [
    ...serverPrefix(),
    process.execPath,
    resolve(here, 'bare-route.js'),
    String(bodyBytes),
  ]
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, port: Number(text.toString()) }
}
