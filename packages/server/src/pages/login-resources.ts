import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentTypeOf, type StaticFile } from './static-file.ts'

const versionCharacters = 8

/** The theme that comes with the server. */
export const ownTheme = 'holdfast'

/** @returns the path of a theme's files, without a slash at the end */
export function resourcesPath(publicPath: string, version: string, theme: string): string {
  return `${publicPath.replace(/\/+$/, '')}/resources/${version}/login/${encodeURIComponent(theme)}`
}

/** Styles, scripts and pictures of the login pages, held in memory and addressed by their content. */
export class LoginResources {
  /** Part of the address: another content is another address, so browsers may keep a file for a year. */
  readonly version: string
  readonly #files: ReadonlyMap<string, StaticFile>

  constructor(files: ReadonlyMap<string, StaticFile>) {
    const hash = createHash('sha256')
    for (const [name, { content }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.update(name).update('\0').update(content)
    }
    this.version = hash.digest('hex').slice(0, versionCharacters)
    this.#files = files
  }

  /** Reads the files that this package brings. */
  static async load(): Promise<LoginResources> {
    const folder = join(import.meta.dirname, '..', '..', 'resources', 'login')
    const files = new Map<string, StaticFile>()
    for (const name of await readdir(folder)) {
      const contentType = contentTypeOf(name)
      if (contentType === undefined) continue
      files.set(name, { contentType, content: await readFile(join(folder, name)) })
    }
    return new LoginResources(files)
  }

  /**
   * @param publicPath by which browsers see the server, behind whatever proxy
   * @returns the path of the folder in which pages find the files, without a slash at the end
   */
  path(publicPath: string): string {
    return resourcesPath(publicPath, this.version, ownTheme)
  }

  file(name: string): StaticFile | undefined {
    return this.#files.get(name)
  }
}
