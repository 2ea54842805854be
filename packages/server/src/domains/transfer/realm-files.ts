import type { Realms } from '../realms/realms.ts'
import { type FoundRealm, realmsInDirectory, usersInFiles } from './import-files.ts'
import type { PlaceholderValues } from './placeholders.ts'
import type { RealmImport } from './realm-import.ts'

export interface RealmFilesDeps {
  readonly realms: Realms
  readonly realmImport: RealmImport
  readonly placeholders: PlaceholderValues
}

/** What became of a realm that was found in files. */
export interface FileImportResult {
  readonly realm: string
  readonly outcome: 'imported' | 'replaced' | 'exists'
}

/** Imports realms from files. */
export class RealmFiles {
  readonly #deps: RealmFilesDeps

  constructor(deps: RealmFilesDeps) {
    this.#deps = deps
  }

  /** Where placeholders of files find their values. */
  get placeholders(): PlaceholderValues {
    return this.#deps.placeholders
  }

  /** @returns whether there is a realm of that name */
  async exists(realmName: string): Promise<boolean> {
    return (await this.#deps.realms.byName(realmName)) !== null
  }

  /**
   * Imports every realm of a directory, each in a transaction of its own.
   * @param override replaces realms that are there (Keycloak's OVERWRITE_EXISTING), else they stay as they are
   */
  async importDirectory(directory: string, override: boolean): Promise<FileImportResult[]> {
    const results: FileImportResult[] = []
    for await (const found of realmsInDirectory(directory, this.#deps.placeholders)) {
      results.push(await this.importFound(found, override))
    }
    return results
  }

  /** Imports one realm that was found. */
  async importFound(found: FoundRealm, override: boolean): Promise<FileImportResult> {
    const { realms, realmImport, placeholders } = this.#deps
    const name = found.realm.realm
    const existing = await realms.byName(name)
    if (existing && !override) return { realm: name, outcome: 'exists' }
    await realmImport.importRealm(found.realm, {
      replaced: existing,
      userFiles: () => usersInFiles(found.userFiles, placeholders),
    })
    return { realm: name, outcome: existing ? 'replaced' : 'imported' }
  }
}
