import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { protocolRange } from '@holdfast/cluster'
import { productVersion } from '../clustering/product-version.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import { migrations } from '../database/migrations/index.ts'
import { keycloakVersion } from './version.ts'

/** What decides on whether nodes of two kinds may run side by side: values by name, by subject. */
type Metadata = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Exit codes of Keycloak's tool; 0 = nodes may be replaced one by one. */
const exitCodes = { rolling: 0, usage: 2, recreate: 3, disabled: 4 } as const

/** These are compared by what they mean. */
const own = 'holdfast'

/** @returns what is to be known of this build with these settings */
export function metadataOf({ values, database, features }: ServerSettings): Metadata {
  const text = (name: string) => values.text(name) ?? ''
  const place = database.kind === 'embedded' ? undefined : database.settings
  return {
    keycloak: { version: keycloakVersion },
    [own]: {
      version: productVersion(),
      schema: String(migrations.at(-1)?.version ?? 0),
      protocolMin: String(protocolRange.min),
      protocolMax: String(protocolRange.max),
    },
    database: {
      db: database.kind === 'embedded' ? 'dev-file' : 'postgres',
      ...(place === undefined ? {} : { host: place.host, port: String(place.port) }),
      ...(place === undefined ? {} : { database: place.database, schema: place.schema ?? '' }),
    },
    cacheEmbedded: {
      cache: text('cache'),
      clusterName: text('cache-embedded-cluster-name'),
      configFile: text('cache-config-file'),
    },
    cacheRemote: { host: text('cache-remote-host'), port: text('cache-remote-port') },
    jgroupsMtls: { enabled: text('cache-embedded-mtls-enabled') },
    'feature-compatibility': Object.fromEntries(
      ['PERSISTENT_USER_SESSIONS', 'MULTI_SITE', 'STATELESS'].map((name) => [
        name.toLowerCase().replaceAll('_', '-'),
        String(features.has(name)),
      ]),
    ),
  }
}

/**
 * `update-compatibility metadata|check --file=…`: writes what is to be known of the build and settings that run, and tells with
 * those of the next whether nodes can be replaced one by one.
 * @returns 0 = they can, 3 = all have to stop first, 4 = nobody wants to know (feature `rolling-updates`)
 * @throws SettingError where there is no file, or none that can be read
 */
export async function updateCompatibility(
  command: 'metadata' | 'check',
  file: string | undefined,
  settings: ServerSettings,
  print: (line: string) => void,
): Promise<number> {
  if (
    !settings.features.has('ROLLING_UPDATES_V2') &&
    !settings.features.has('ROLLING_UPDATES_V1')
  ) {
    print('Unable to use this command. The feature rolling-updates is not enabled.')
    return exitCodes.disabled
  }
  const present = metadataOf(settings)
  if (command === 'metadata') {
    const text = JSON.stringify(present, null, 2)
    if (file !== undefined) await writeFile(file, `${text}\n`)
    print(`Metadata:\n${text}`)
    return exitCodes.rolling
  }
  if (file === undefined) throw new SettingError("Missing required argument: '--file'")
  return compare(readMetadata(file), present, print)
}

function readMetadata(file: string): Metadata {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new SettingError(`Incorrect argument --file. Path '${file}' not found`)
  }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed as Metadata
  } catch {
    // Said below.
  }
  throw new SettingError(`Unable to read file '${file}'`)
}

function compare(before: Metadata, after: Metadata, print: (line: string) => void): number {
  for (const subject of Object.keys(after).sort()) {
    const problem =
      subject === own
        ? ownProblem(before[own], after[own] ?? {})
        : difference(subject, before[subject] ?? {}, after[subject] ?? {})
    if (problem !== undefined) {
      print(`[${subject}] Rolling Update is not available. ${problem}`)
      return exitCodes.recreate
    }
    print(`[${subject}] Provider is compatible.`)
  }
  print('[OK] Rolling Update is available.')
  return exitCodes.rolling
}

/** Members of one subject that are not the same; of the version, only the last part may change. */
function difference(
  subject: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string | undefined {
  for (const [name, value] of Object.entries(after)) {
    const old = before[name]
    if (old === value || (name === 'version' && old !== undefined && minor(old) === minor(value))) {
      continue
    }
    return `'${subject}.${name}' is incompatible: ${old} -> ${value}.`
  }
  return undefined
}

function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Nodes of both builds must speak with each other, and the schema of the new one must do for the old one. */
function ownProblem(
  before: Readonly<Record<string, string>> | undefined,
  after: Readonly<Record<string, string>>,
): string | undefined {
  if (before === undefined) return `'${own}' is missing: the metadata is another server's.`
  const [oldSchema, newSchema] = [Number(before['schema']), Number(after['schema'])]
  const breaking = migrations.find((step) => step.breaking === true && step.version > oldSchema)
  if (breaking !== undefined || newSchema < oldSchema) {
    return `'${own}.schema' is incompatible: ${oldSchema} -> ${newSchema}.`
  }
  const speak =
    Number(before['protocolMin']) <= Number(after['protocolMax']) &&
    Number(after['protocolMin']) <= Number(before['protocolMax'])
  return speak
    ? undefined
    : `'${own}.protocolMax' is incompatible: ${before['protocolMax']} -> ${after['protocolMax']}.`
}
