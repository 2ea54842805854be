import { resolve } from 'node:path'
import { composeProviders } from '../composition/compose-providers.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import { KeyStock } from '../domains/keys/key-stock.ts'
import { ModelError } from '../domains/realms/model-error.ts'
import type { RealmReport, Severity } from '../domains/transfer/check/finding.ts'
import { RealmCheck } from '../domains/transfer/check/realm-check.ts'
import { realmsInDirectory, realmsInFile } from '../domains/transfer/import-files.ts'
import { RealmKeyStores } from '../key-stores/realm-key-stores.ts'

const severities: readonly Severity[] = ['blocks', 'idle', 'differs', 'acts']
const titles: Readonly<Record<Severity, string>> = {
  blocks: 'to be mended first',
  idle: 'configuration only',
  differs: 'to be looked at',
  acts: 'what there is',
}

/**
 * `import --dry-run [--format=text|json]`: reads the files that an import would, and says what would become of them. No database
 * is needed, and nothing is written.
 * @returns 0 = nothing is in the way, 1 = something is: the import, or a login, would be refused
 * @throws SettingError for options that contradict each other
 */
export async function checkRealms(
  { commandLine, lookUp }: Configuration,
  settings: ServerSettings,
  print: (text: string) => void,
): Promise<number> {
  const { options } = commandLine
  const format = options.get('format') ?? 'text'
  if (format !== 'text' && format !== 'json') {
    throw new SettingError(
      `Invalid value for option '--format': ${format}. Expected values are: text, json`,
    )
  }
  const file = options.get('file')
  const directory = options.get('dir')
  if ((file === undefined) === (directory === undefined)) {
    throw new SettingError('Must specify either --dir or --file options.')
  }
  await using keyStock = new KeyStock()
  const check = new RealmCheck({
    providers: composeProviders(settings.features),
    keyStock,
    keyStores: new RealmKeyStores(settings.dataDir),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    placeholders: lookUp,
  })
  const reports: RealmReport[] = []
  try {
    const found =
      file === undefined
        ? realmsInDirectory(resolve(directory ?? '.'), lookUp)
        : await realmsInFile(resolve(file), lookUp)
    for await (const realm of found) reports.push(await check.check(realm))
  } catch (error) {
    if (!(error instanceof ModelError) && !('code' in (error as Error))) throw error
    const text = (error as Error).message
    const findings = [{ severity: 'blocks', subject: 'file', text } as const]
    reports.push({ file: resolve(file ?? directory ?? '.'), realm: '', users: 0, findings })
  }
  print(format === 'json' ? `${JSON.stringify(reports, null, 2)}\n` : textOf(reports))
  const blocked = reports.some(({ findings }) =>
    findings.some(({ severity }) => severity === 'blocks'),
  )
  return blocked ? 1 : 0
}

function textOf(reports: readonly RealmReport[]): string {
  if (reports.length === 0) return 'No realm was found.\n'
  const lines = reports.flatMap(({ file, realm, users, findings }) => [
    `${realm === '' ? 'No realm' : `Realm ${realm}`}, ${users} users (${file})`,
    ...severities.flatMap((severity) => {
      const some = findings.filter((finding) => finding.severity === severity)
      if (some.length === 0) return []
      return [
        `  ${titles[severity]}:`,
        ...some.map(({ subject, text }) => `    [${subject}] ${text}`),
      ]
    }),
  ])
  return `${lines.join('\n')}\n`
}
