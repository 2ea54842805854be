import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Logger } from '../../log/logger.ts'
import { type Account, canReach, unprivilegedAccount } from './account.ts'
import { hydrateLinks, locateBinaries } from './postgres-binaries.ts'
import type { PostgresPlace } from './postmaster.ts'

/** Where root puts what the unprivileged user cannot reach in the checkout. */
const sharedRoot = '/var/lib/holdfast'
/** Longest path of a Unix socket (sun_path is 108 bytes with its zero), less the file's own name. */
const socketDirectoryLengthMax = 107 - '/.s.PGSQL.5432.lock'.length

/**
 * Decides where the embedded database lives and makes its directories: under `dataDir`, or, when this process is root and
 * the user that PostgreSQL runs as cannot get there, under /var/lib/holdfast.
 */
export async function settleIn(dataDir: string, logger: Logger): Promise<PostgresPlace> {
  const account = unprivilegedAccount()
  const packaged = locateBinaries()
  await hydrateLinks(packaged)
  await mkdir(dataDir, { recursive: true })
  const home = await homeOf(dataDir, account, logger)
  const binaries = await reachableBinaries(packaged, account, logger)
  const socketDirectory = await socketDirectoryOf(home, account)
  const version = (await majorVersion(packaged)) ?? 'current'
  return {
    binaries,
    cluster: join(home, `pg${version}`),
    socketDirectory,
    logFile: join(home, 'postgres.log'),
    account,
  }
}

async function homeOf(
  dataDir: string,
  account: Account | undefined,
  logger: Logger,
): Promise<string> {
  const wanted = join(dataDir, 'postgres')
  if (account === undefined || canReach(dataDir, account))
    return await ownDirectory(wanted, account)
  const elsewhere = join(sharedRoot, digest(dataDir))
  logger.warn(
    `The user ${account.name} cannot reach ${dataDir}, so the embedded database lives in ${elsewhere}`,
  )
  await mkdir(sharedRoot, { recursive: true, mode: 0o755 })
  return await ownDirectory(elsewhere, account)
}

/** Copies the binaries (60 MB, once per version) when the user cannot reach them where npm put them. */
async function reachableBinaries(
  packaged: string,
  account: Account | undefined,
  logger: Logger,
): Promise<string> {
  if (account === undefined || canReach(join(packaged, 'bin'), account)) return packaged
  const { version } = JSON.parse(
    await readFile(join(dirname(packaged), 'package.json'), 'utf8'),
  ) as {
    version: string
  }
  const copy = join(sharedRoot, `postgresql-${version}`)
  if (!existsSync(copy)) {
    logger.warn(
      `The user ${account.name} cannot reach ${packaged}, so the binaries are copied to ${copy}`,
    )
    const partial = `${copy}.${process.pid}`
    await mkdir(sharedRoot, { recursive: true, mode: 0o755 })
    await cp(packaged, partial, { recursive: true, verbatimSymlinks: true })
    await chmod(partial, 0o755)
    await rename(partial, copy)
  }
  return copy
}

/** The socket's directory belongs to the database's user alone: who cannot enter it cannot connect. */
async function socketDirectoryOf(home: string, account: Account | undefined): Promise<string> {
  const inside = join(home, 'socket')
  const short = inside.length <= socketDirectoryLengthMax
  return await ownDirectory(short ? inside : join(tmpdir(), `holdfast-${digest(home)}`), account)
}

async function ownDirectory(directory: string, account: Account | undefined): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const { uid } = statSync(directory)
  if (account !== undefined && uid !== account.uid) await chown(directory, account.uid, account.gid)
  return directory
}

async function majorVersion(packaged: string): Promise<string | undefined> {
  const text = await readFile(join(dirname(packaged), 'package.json'), 'utf8')
  return /"version":\s*"(\d+)/.exec(text)?.[1]
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
