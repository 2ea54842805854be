import { mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Domains } from '../composition/compose-domains.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import type { RealmRepresentation, UserRepresentation } from '../domains/transfer/representation.ts'
import { StartError } from '../shared/start-error.ts'
import { withOfflineDomains } from './offline-domains.ts'

const strategies = ['skip', 'realm_file', 'same_file', 'different_files'] as const
type UserStrategy = (typeof strategies)[number]

interface ExportOptions {
  readonly file: string | undefined
  readonly directory: string | undefined
  readonly realm: string | undefined
  readonly users: UserStrategy
  readonly usersPerFile: number
}

interface ExportedRealm {
  readonly representation: RealmRepresentation
  readonly users: readonly UserRepresentation[]
}

/** Exports hold password hashes and keys: nobody else on the machine reads them. */
const fileMode = 0o600

/**
 * `export --file=…|--dir=… [--realm=…] [--users=…] [--users-per-file=…]`: writes realms as Keycloak does.
 * @throws SettingError on contradicting options; StartError when the realm does not exist
 */
export async function exportRealms(
  { commandLine }: Configuration,
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<number> {
  const options = readOptions(commandLine.options)
  return await withOfflineDomains(settings, signal, async ({ domains, logger }) => {
    const exported: ExportedRealm[] = []
    for (const name of await realmNames(domains, options.realm)) {
      const directory = options.directory === undefined ? undefined : resolve(options.directory)
      if (directory !== undefined && options.users === 'different_files') {
        await exportInFiles(domains, name, directory, options.usersPerFile)
      } else {
        const realm = await exportOne(domains, name, options)
        if (directory === undefined) exported.push(realm)
        else await writeDirectory(directory, realm, options)
      }
      logger.info(`Realm '${name}' exported`)
    }
    if (options.file !== undefined) await writeSingleFile(resolve(options.file), exported, options)
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

async function exportOne(
  { realms, transfer }: Domains,
  name: string,
  { users }: ExportOptions,
): Promise<ExportedRealm> {
  const realm = await realms.byName(name)
  if (realm === null) throw new StartError(`realm not found by realm name '${name}'`)
  const exported: UserRepresentation[] = []
  const representation = await transfer.realmExport.exportRealm(
    realm,
    users === 'skip' ? 'service-accounts' : 'all',
    async (page) => {
      exported.push(...page)
    },
  )
  return { representation, users: exported }
}

/** One realm is an object, several are an array. */
async function writeSingleFile(
  file: string,
  realms: readonly ExportedRealm[],
  { realm }: ExportOptions,
): Promise<void> {
  const whole = realms.map(({ representation, users }) => ({ ...representation, users }))
  await mkdir(dirname(file), { recursive: true })
  await writeJson(file, realm === undefined ? whole : whole[0])
}

/** `<realm>-realm.json`, and the users in it or all in `<realm>-users-0.json` beside it. */
async function writeDirectory(
  directory: string,
  { representation, users }: ExportedRealm,
  { users: strategy }: ExportOptions,
): Promise<void> {
  const name = representation.realm
  await mkdir(directory, { recursive: true })
  const inside = strategy === 'realm_file' || strategy === 'skip'
  const realmFile = join(directory, `${name}-realm.json`)
  await writeJson(realmFile, inside ? { ...representation, users } : representation)
  if (inside || users.length === 0) return
  await writeJson(join(directory, `${name}-users-0.json`), { realm: name, users })
}

/** `<realm>-realm.json` and `<realm>-users-N.json`, written while users are read: only one file of them is in memory. */
async function exportInFiles(
  { realms, transfer }: Domains,
  name: string,
  directory: string,
  usersPerFile: number,
): Promise<void> {
  const realm = await realms.byName(name)
  if (realm === null) throw new StartError(`realm not found by realm name '${name}'`)
  await mkdir(directory, { recursive: true })
  const waiting: UserRepresentation[] = []
  let files = 0
  const writeUsers = async () => {
    const users = waiting.splice(0, usersPerFile)
    await writeJson(join(directory, `${name}-users-${files}.json`), { realm: name, users })
    files += 1
  }
  const representation = await transfer.realmExport.exportRealm(realm, 'all', async (page) => {
    waiting.push(...page)
    while (waiting.length >= usersPerFile) await writeUsers()
  })
  if (waiting.length > 0) await writeUsers()
  await writeJson(join(directory, `${name}-realm.json`), representation)
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await using handle = await open(file, 'w', fileMode)
  // A file that was there keeps its mode when it is opened. One that is not a file, such as /dev/null, is left as it is.
  if ((await handle.stat()).isFile()) await handle.chmod(fileMode)
  await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`)
}
