import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import { ensureMasterRealm } from '../domains/transfer/master-realm.ts'
import { StartError } from '../shared/start-error.ts'
import { withOfflineDomains } from './offline-domains.ts'
import { ProgressLine } from './progress-line.ts'

/**
 * `import --file=…|--dir=… [--override=true|false]`: brings realms in; existing ones are replaced unless told otherwise. A
 * realm with very many users comes in by parts, with a line of progress; what was interrupted goes on.
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
  if (file !== undefined) await requireFile(resolve(file))
  return await withOfflineDomains(settings, signal, async ({ domains, logger }) => {
    const { realmImport, realmFiles } = domains.transfer
    await ensureMasterRealm(domains.realms, realmImport)
    const line = new ProgressLine(process.stderr, () => Date.now())
    const progress = (realm: string, done: number, total: number) =>
      line.show(`Realm '${realm}'`, done, total, 'users')
    const results =
      file === undefined
        ? await realmFiles.importDirectory(resolve(directory ?? '.'), override, progress)
        : await realmFiles.importFile(resolve(file), override, progress)
    for (const { realm, outcome } of results) {
      if (outcome === 'exists') logger.info(`Realm '${realm}' already exists. Import skipped`)
      else if (outcome === 'unfinished') {
        logger.warn(
          `Realm '${realm}' is half imported, from other files: import those, or begin anew with --override=true`,
        )
      } else logger.info(`Realm '${realm}' ${outcome}`)
    }
    return results.some(({ outcome }) => outcome === 'unfinished') ? 1 : 0
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

async function requireFile(file: string): Promise<void> {
  await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new StartError(`${file} (No such file or directory)`) : error
  })
}
