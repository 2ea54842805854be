import { join, resolve } from 'node:path'
import type { Domains } from '../composition/domains.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { UserRepresentation } from '../domains/transfer/representation.ts'
import { StartError } from '../shared/start-error.ts'
import { ExportFile } from './export-file.ts'
import { withOfflineDomains } from './offline-domains.ts'
import { ProgressLine } from './progress-line.ts'

const strategies = ['skip', 'realm_file', 'same_file', 'different_files'] as const
type UserStrategy = (typeof strategies)[number]

/** Told that so many users more are written. */
type Progress = (more: number) => void

/** A realm with more users than this is told of while it is written. */
const shownUsersMin = 5_000

interface ExportOptions {
  readonly file: string | undefined
  readonly directory: string | undefined
  readonly realm: string | undefined
  readonly users: UserStrategy
  readonly usersPerFile: number
}

/**
 * `export --file=…|--dir=… [--realm=…] [--users=…] [--users-per-file=…]`: writes realms as Keycloak does, with their users as
 * they are read: memory holds a page of them.
 * @throws SettingError on contradicting options; StartError when the realm does not exist
 */
export async function exportRealms(
  { commandLine }: Configuration,
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<number> {
  const options = readOptions(commandLine.options)
  return await withOfflineDomains(settings, signal, async ({ domains, logger }) => {
    const names = await realmNames(domains, options.realm)
    const line = new ProgressLine(process.stderr, () => Date.now())
    const progressOf = async (realm: Realm): Promise<Progress> => {
      const total = await domains.transfer.realmExport.userCount(realm)
      let done = 0
      // A realm with few users is done before anybody looks.
      return (more) => {
        done += more
        if (total > shownUsersMin) line.show(`Realm '${realm.name}'`, done, total, 'users')
      }
    }
    const each = async (work: (realm: Realm, progress: Progress) => Promise<void>) => {
      for (const name of names) {
        const realm = await domains.realms.byName(name)
        if (realm === null) throw new StartError(`realm not found by realm name '${name}'`)
        await work(realm, await progressOf(realm))
        logger.info(`Realm '${name}' exported`)
      }
    }
    const { file, directory } = options
    if (file !== undefined) {
      await using output = await ExportFile.open(resolve(file), options.realm === undefined)
      await each((realm, progress) => exportInto(output, domains, realm, options, progress))
      return 0
    }
    await each((realm, progress) =>
      exportInDirectory(resolve(directory ?? '.'), domains, realm, options, progress),
    )
    return 0
  })
}

function readOptions(options: ReadonlyMap<string, string>): ExportOptions {
  const file = options.get('file')
  const directory = options.get('dir')
  if ((file === undefined) === (directory === undefined)) {
    throw new SettingError('Must specify either --dir or --file options.')
  }
  const given = options.get('users')
  const users = strategies.find((strategy) => strategy === given)
  if (given !== undefined && users === undefined) {
    throw new SettingError(
      `Invalid value for option '--users': ${given}. Expected values are: ${strategies.join(', ')}`,
    )
  }
  if (file !== undefined && users === 'different_files') {
    throw new SettingError(
      "Property '--users' can be used only when exporting to a directory, or value set to 'same_file' when exporting to a file.",
    )
  }
  const usersPerFile = Number(options.get('users-per-file') ?? 50)
  if (!Number.isInteger(usersPerFile) || usersPerFile < 1) {
    throw new SettingError(
      "Invalid value for option '--users-per-file': Expected a positive integer",
    )
  }
  const fallback = file === undefined ? 'different_files' : 'same_file'
  return { file, directory, realm: options.get('realm'), users: users ?? fallback, usersPerFile }
}

async function realmNames({ realms }: Domains, wanted: string | undefined): Promise<string[]> {
  const names = await realms.names()
  if (wanted === undefined) return names
  if (!names.includes(wanted)) throw new StartError(`realm not found by realm name '${wanted}'`)
  return [wanted]
}

/** The realm with its users in it. */
async function exportInto(
  output: ExportFile,
  { transfer }: Domains,
  realm: Realm,
  { users }: ExportOptions,
  progress: Progress,
): Promise<void> {
  await transfer.realmExport.exportRealm(
    realm,
    users === 'skip' ? 'service-accounts' : 'all',
    async (page) => {
      await output.users(page)
      progress(page.length)
    },
    (representation) => output.begin(representation, true),
  )
  await output.end()
}

/** `<realm>-realm.json`, with the users in it, in `<realm>-users-0.json`, or in many such files. */
async function exportInDirectory(
  directory: string,
  domains: Domains,
  realm: Realm,
  options: ExportOptions,
  progress: Progress,
): Promise<void> {
  await using output = await ExportFile.open(join(directory, `${realm.name}-realm.json`))
  if (options.users === 'realm_file' || options.users === 'skip') {
    await exportInto(output, domains, realm, options, progress)
    return
  }
  const perFile = options.users === 'same_file' ? Number.POSITIVE_INFINITY : options.usersPerFile
  let files = 0
  let room = 0
  let current: ExportFile | undefined
  const close = async () => {
    await current?.end()
    await current?.[Symbol.asyncDispose]()
    current = undefined
  }
  const write = async (users: readonly UserRepresentation[]) => {
    for (let start = 0; start < users.length; ) {
      if (current === undefined || room === 0) {
        await close()
        current = await ExportFile.open(join(directory, `${realm.name}-users-${files}.json`))
        await current.begin({ realm: realm.name }, true)
        files += 1
        room = perFile
      }
      const some = users.slice(start, start + room)
      await current.users(some)
      room -= some.length
      start += some.length
    }
    progress(users.length)
  }
  try {
    await domains.transfer.realmExport.exportRealm(realm, 'all', write, (representation) =>
      output.begin(representation, false),
    )
  } finally {
    await close()
  }
}
