import { type SettingCatalogue, variableOf } from './setting-catalogue.ts'
import { SettingError } from './setting-error.ts'
import { checkValue, parseDurationMs, parseList } from './setting-syntax.ts'
import type { Setting } from './settings/setting.ts'

/** Where a value came from, weakest first. */
export type SettingSource = 'default' | 'keystore' | 'file' | 'environment' | 'command line'

interface GivenValue {
  readonly text: string
  readonly source: SettingSource
}

/** The values of all settings. Later additions win over earlier ones, so add the weakest source first. */
export class SettingValues {
  /** Whether the command is `start-dev`. */
  readonly development: boolean
  /** Java system properties (`-Djgroups.dns.query=…`). */
  readonly properties: ReadonlyMap<string, string>
  readonly #catalogue: SettingCatalogue
  readonly #given = new Map<string, GivenValue>()
  readonly #warnings = new Set<string>()

  constructor(
    catalogue: SettingCatalogue,
    development: boolean,
    properties: ReadonlyMap<string, string>,
  ) {
    this.#catalogue = catalogue
    this.development = development
    this.properties = properties
  }

  /** What was given but has no effect, one line each. */
  get warnings(): readonly string[] {
    return [...this.#warnings]
  }

  /** Names of everything that was given, with source; for `show-config`. */
  get given(): ReadonlyMap<string, GivenValue> {
    return this.#given
  }

  /** @throws SettingError when the value is not valid */
  addFromKeystore(name: string, text: string): void {
    if (name.startsWith('spi-')) this.#given.set(name, { text, source: 'keystore' })
    else this.#add(name, text, 'keystore', name)
  }

  /** @throws SettingError when the value is not valid */
  addFromFile(name: string, text: string): void {
    if (name.startsWith('spi-')) this.#given.set(name, { text, source: 'file' })
    else if (name.startsWith('quarkus.'))
      this.warn(`${name} of the configuration file has no effect here`)
    else this.#add(name, text, 'file', name)
  }

  /** Unknown variables are only warned about: Kubernetes injects such for every service. @throws SettingError on a bad value */
  addFromEnvironment(variable: string, text: string): void {
    if (text === '') return
    if (variable.startsWith('KC_SPI_')) {
      const name = variable.slice(3).toLowerCase().replaceAll('__', '--').replaceAll('_', '-')
      this.#given.set(name, { text, source: 'environment' })
      return
    }
    const known = this.#catalogue.findVariable(variable)
    if (known === undefined)
      this.warn(`The environment variable ${variable} is no setting and has no effect`)
    else this.#set(known.setting, known.name, text, 'environment', variable)
  }

  /** A variable whose option another one names. @throws SettingError when the value is not valid */
  addNamedByEnvironment(name: string, text: string): void {
    if (text === '') return
    if (name.startsWith('spi-')) this.#given.set(name, { text, source: 'environment' })
    else this.#add(name, text, 'environment', name)
  }

  /** @throws SettingError when the value is not valid */
  addFromCommandLine(name: string, text: string): void {
    if (name.startsWith('spi-')) this.#given.set(name, { text, source: 'command line' })
    else this.#add(name, text, 'command line', `--${name}`)
  }

  /** @returns the given text, or the default; undefined when there is neither */
  text(name: string): string | undefined {
    const given = this.#given.get(name)
    if (given !== undefined) return given.text
    const setting = this.#catalogue.find(name)
    if (setting === undefined) return undefined
    return (this.development ? setting.devDefault : undefined) ?? setting.default
  }

  /** @returns what was given, not the default */
  explicit(name: string): string | undefined {
    return this.#given.get(name)?.text
  }

  flag(name: string): boolean {
    return this.text(name) === 'true'
  }

  integer(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : Number(text)
  }

  /** @returns milliseconds */
  durationMs(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : parseDurationMs(text)
  }

  list(name: string): readonly string[] {
    return parseList(this.text(name) ?? '')
  }

  /** Settings of a family that were given, by what stands in for `<…>`: `log-level-<category>` → category → level. */
  family(prefix: string): ReadonlyMap<string, string> {
    const members = new Map<string, string>()
    for (const [name, { text }] of this.#given) {
      if (name.startsWith(prefix)) members.set(name.slice(prefix.length), text)
    }
    return members
  }

  #add(name: string, text: string, source: SettingSource, label: string): void {
    const setting = this.#catalogue.find(name)
    if (setting === undefined) {
      if (source === 'command line') throw new SettingError(`Unknown option: '${label}'`)
      const where = source === 'environment' ? source : `configuration ${source}`
      this.warn(`The option ${name} of the ${where} is not known and has no effect`)
      return
    }
    this.#set(setting, name, text, source, label)
  }

  #set(setting: Setting, name: string, text: string, source: SettingSource, label: string): void {
    checkValue(setting, text, label)
    this.#given.set(name, { text, source })
    if (setting.inert === true) {
      this.warn(`The option --${name} (${variableOf(name)}) is known but has no effect yet`)
    } else if (setting.cannot !== undefined) {
      this.warn(`The option --${name} (${variableOf(name)}) has no effect: ${setting.cannot}`)
    }
  }

  /** Adds a line to what the start says of its settings. */
  warn(line: string): void {
    this.#warnings.add(line)
  }
}
