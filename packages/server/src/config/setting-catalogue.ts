import { editDistance } from './edit-distance.ts'
import { settingAreas } from './settings/catalogue.ts'
import type { Setting } from './settings/setting.ts'

/** A setting as it was named: of a family such as `log-level-<category>` the given name is kept. */
export interface KnownSetting {
  readonly setting: Setting
  readonly name: string
}

/** Finds settings by their command-line and environment names. */
export class SettingCatalogue {
  readonly #byName = new Map<string, Setting>()
  readonly #byVariable = new Map<string, Setting>()
  /** Families, longest prefix first. */
  readonly #families: { readonly prefix: string; readonly setting: Setting }[] = []

  constructor() {
    for (const { settings } of settingAreas) {
      for (const setting of settings) this.#add(setting)
    }
    this.#families.sort((a, b) => b.prefix.length - a.prefix.length)
  }

  /** Every setting, in the order of the reference page. */
  get all(): readonly Setting[] {
    return [...this.#byName.values()]
  }

  /** @param name as on the command line, without dashes; `spi-…` options are free and not in here */
  find(name: string): Setting | undefined {
    const exact = this.#byName.get(name)
    if (exact !== undefined) return exact
    return this.#families.find(({ prefix }) => name.startsWith(prefix) && name !== prefix)?.setting
  }

  /** @param variable name of an environment variable, `KC_HTTP_PORT` */
  findVariable(variable: string): KnownSetting | undefined {
    const exact = this.#byVariable.get(variable)
    if (exact !== undefined) return { setting: exact, name: exact.name }
    const name = variable
      .slice(3)
      .toLowerCase()
      .replaceAll('__', '--')
      .replaceAll(/(?<!-)_/g, '-')
    const family = this.#families.find(({ prefix }) => name.startsWith(prefix))
    if (family === undefined) return undefined
    // A category is written with dots on the command line, which a variable cannot hold.
    const member = name.slice(family.prefix.length)
    const dotted =
      family.setting.name === 'log-level-<category>' ? member.replaceAll('-', '.') : member
    return { setting: family.setting, name: family.prefix + dotted }
  }

  /** @returns names that look like a mistyped one, for "Possible solutions" */
  similar(name: string): string[] {
    return this.all
      .map((setting) => ({ name: setting.name, distance: editDistance(name, setting.name) }))
      .filter(({ distance }) => distance <= Math.max(2, name.length / 4))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 5)
      .map((candidate) => candidate.name)
  }

  #add(setting: Setting): void {
    this.#byName.set(setting.name, setting)
    const family = /^(.*-)<[^>]+>$/.exec(setting.name)
    if (family?.[1] !== undefined) this.#families.push({ prefix: family[1], setting })
    else this.#byVariable.set(variableOf(setting.name), setting)
  }
}

/** @returns the environment variable of a setting: `http-port` → `KC_HTTP_PORT`, `spi-x--y` → `KC_SPI_X__Y` */
export function variableOf(name: string): string {
  return `KC_${name.replaceAll('-', '_').toUpperCase()}`
}
