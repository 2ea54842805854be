import type { Realms } from '../realms/realms.ts'
import { type FoundRealm, realmsInDirectory, realmsInFile, usersOf } from './import-files.ts'
import type { ImportProgress, LongRealmImport } from './long-realm-import.ts'
import type { PlaceholderValues } from './placeholders.ts'
import type { RealmImport } from './realm-import.ts'

export interface RealmFilesDeps {
  readonly realms: Realms
  readonly realmImport: RealmImport
  readonly longRealmImport: LongRealmImport
  readonly placeholders: PlaceholderValues
}

/** What became of a realm that was found in files. */
export interface FileImportResult {
  readonly realm: string
  readonly outcome: 'imported' | 'replaced' | 'exists' | 'unfinished'
}

/** Told of the progress of a realm with many users. */
export type RealmProgress = (realm: string, done: number, total: number) => void

/** A realm with more users than this comes in by many transactions, disabled until the last. */
const togetherUsersMax = 5_000
const silent = () => undefined

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
   * Imports every realm of a directory, each by itself.
   * @param override replaces realms that are there (Keycloak's OVERWRITE_EXISTING), else they stay as they are
   */
  async importDirectory(
    directory: string,
    override: boolean,
    progress: RealmProgress = silent,
  ): Promise<FileImportResult[]> {
    const results: FileImportResult[] = []
    for await (const found of realmsInDirectory(directory, this.#deps.placeholders)) {
      results.push(await this.importFound(found, override, progress))
    }
    return results
  }

  /** As `importDirectory`, for the realms of one file. */
  async importFile(
    file: string,
    override: boolean,
    progress: RealmProgress = silent,
  ): Promise<FileImportResult[]> {
    const results: FileImportResult[] = []
    for (const found of await realmsInFile(file, this.#deps.placeholders)) {
      results.push(await this.importFound(found, override, progress))
    }
    return results
  }

  /**
   * Imports one realm that was found. An import of the same files that ended too early goes on, whatever `override` says.
   */
  async importFound(
    found: FoundRealm,
    override: boolean,
    progress: RealmProgress = silent,
  ): Promise<FileImportResult> {
    const { realms, realmImport, longRealmImport, placeholders } = this.#deps
    const name = found.realm.realm
    const existing = await realms.byName(name)
    const unfinished = existing ? await longRealmImport.unfinished(existing) : null
    const resumed = unfinished?.fingerprint === found.fingerprint ? unfinished : null
    if (existing && !resumed && !override) {
      return { realm: name, outcome: unfinished ? 'unfinished' : 'exists' }
    }
    const users = (skip: number) => usersOf(found, placeholders, skip)
    if (resumed || found.userCount > togetherUsersMax) {
      const told: ImportProgress = (done, total) => progress(name, done, total)
      await longRealmImport.run(found, users, existing, resumed, told)
    } else {
      await realmImport.importRealm(found.realm, {
        replaced: existing,
        userFiles: () => users(0),
      })
    }
    return { realm: name, outcome: existing && !resumed ? 'replaced' : 'imported' }
  }
}
