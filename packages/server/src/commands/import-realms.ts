import { resolve } from 'node:path'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import { realmsInFile, userFilesBeside } from '../domains/transfer/import-files.ts'
import { ensureMasterRealm } from '../domains/transfer/master-realm.ts'
import type { FileImportResult, RealmFiles } from '../domains/transfer/realm-files.ts'
import { StartError } from '../shared/start-error.ts'
import { withOfflineDomains } from './offline-domains.ts'

/**
 * `import --file=…|--dir=… [--override=true|false]`: brings realms in; existing ones are replaced unless told otherwise.
 * @throws SettingError without a source; StartError when a file cannot be read
 */
export async function importRealms(
  { commandLine }: Configuration,
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<number> {
  const { options } = commandLine
  const file = options.get('file')
  const directory = options.get('dir')
  const override = overrideOf(options.get('override'))
  if ((file === undefined) === (directory === undefined)) {
    throw new SettingError('Must specify either --dir or --file options.')
  }
  return await withOfflineDomains(settings, signal, async ({ domains, logger }) => {
    const { realmImport, realmFiles } = domains.transfer
    await ensureMasterRealm(domains.realms, realmImport)
    const results =
      file === undefined
        ? await realmFiles.importDirectory(resolve(directory ?? '.'), override)
        : await importFile(realmFiles, resolve(file), override)
    for (const { realm, outcome } of results) {
      if (outcome === 'exists') logger.info(`Realm '${realm}' already exists. Import skipped`)
      else logger.info(`Realm '${realm}' ${outcome}`)
    }
    return 0
  })
}

function overrideOf(text: string | undefined): boolean {
  if (text !== undefined && text !== 'true' && text !== 'false') {
    throw new SettingError(
      `Invalid value for option '--override': ${text}. Expected values are: true, false`,
    )
  }
  return text !== 'false'
}

async function importFile(
  realmFiles: RealmFiles,
  file: string,
  override: boolean,
): Promise<FileImportResult[]> {
  const results: FileImportResult[] = []
  const found = await realmsInFile(file, realmFiles.placeholders).catch(explain)
  for (const realm of found) {
    const userFiles = await userFilesBeside(file)
    results.push(await realmFiles.importFound({ ...realm, userFiles }, override))
  }
  return results
}

function explain(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT') throw new StartError(`${error.path} (No such file or directory)`)
  throw error
}
