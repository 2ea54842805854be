import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One static file of the login pages. */
export interface LoginResource {
  readonly contentType: string
  readonly content: Buffer
}

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css;charset=utf-8',
  js: 'text/javascript;charset=utf-8',
  svg: 'image/svg+xml',
}

const versionCharacters = 8

/** Styles, scripts and pictures of the login pages, held in memory and addressed by their content. */
export class LoginResources {
  /** Part of the address: another content is another address, so browsers may keep a file for a year. */
  readonly version: string
  readonly #files: ReadonlyMap<string, LoginResource>

  constructor(files: ReadonlyMap<string, LoginResource>) {
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
    const files = new Map<string, LoginResource>()
    for (const name of await readdir(folder)) {
      const contentType = contentTypes[name.split('.').at(-1) ?? '']
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
    return `${publicPath.replace(/\/+$/, '')}/resources/${this.version}/login/holdfast`
  }

  file(name: string): LoginResource | undefined {
    return this.#files.get(name)
  }
}
