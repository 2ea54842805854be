import { createHash } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** The two consoles, as parts of their address `/resources/{version}/{type}/…`. */
export type ConsoleType = 'admin' | 'account'

/** A file of a console, as it is on disk: perhaps compressed. */
export interface ConsoleFile {
  readonly contentType: string
  readonly contentEncoding: 'br' | 'gzip' | undefined
  open(): ReadStream
}

/** What the page of a console has to load. Paths are relative to the console's folder. */
export interface ConsoleEntry {
  readonly script: string
  readonly styles: readonly string[]
  readonly preloads: readonly string[]
}

interface ManifestChunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css;charset=utf-8',
  js: 'text/javascript;charset=utf-8',
  json: 'application/json;charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ttf: 'font/ttf',
  woff: 'font/woff',
  woff2: 'font/woff2',
}
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const
const versionCharacters = 8
const manifestName = 'manifest.json'

/**
 * The built files of a console (`packages/{type}-console/dist`). They stay on disk, where the system's cache holds what is
 * asked for, and were compressed when the console was built.
 */
export class ConsoleAssets {
  /** Part of the address: another build is another address, so browsers may keep a file for a year. */
  readonly version: string
  readonly entry: ConsoleEntry
  readonly #folder: string
  readonly #names: ReadonlySet<string>

  private constructor(
    folder: string,
    names: ReadonlySet<string>,
    manifest: Readonly<Record<string, ManifestChunk>>,
  ) {
    this.#folder = folder
    this.#names = names
    const hash = createHash('sha256').update(JSON.stringify(manifest))
    this.version = hash.digest('hex').slice(0, versionCharacters)
    this.entry = entryOf(manifest)
  }

  /**
   * @param folder where the build is
   * @throws when the console was not built
   */
  static async load(folder: string): Promise<ConsoleAssets> {
    const manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8'))
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    const names = files.map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    return new ConsoleAssets(folder, new Set(names), manifest)
  }

  /**
   * @param name path below the console's folder; only names of files that were built are found
   * @param accepted the request's `Accept-Encoding`
   */
  file(name: string, accepted: string): ConsoleFile | undefined {
    const contentType = contentTypes[name.split('.').at(-1) ?? '']
    if (contentType === undefined || !this.#names.has(name) || name === manifestName) {
      return undefined
    }
    const encoding = encodings.find(
      ([coding, suffix]) => accepted.includes(coding) && this.#names.has(name + suffix),
    )
    const path = join(this.#folder, name + (encoding?.[1] ?? ''))
    return { contentType, contentEncoding: encoding?.[0], open: () => createReadStream(path) }
  }
}

function entryOf(manifest: Readonly<Record<string, ManifestChunk>>): ConsoleEntry {
  const entry = Object.values(manifest).find(({ isEntry }) => isEntry)
  if (!entry) throw new Error('The console has no entry')
  const imported = new Set<string>()
  const follow = (chunk: ManifestChunk) => {
    for (const name of chunk.imports ?? []) {
      const next = manifest[name]
      if (!next || imported.has(name)) continue
      imported.add(name)
      follow(next)
    }
  }
  follow(entry)
  const chunks = [...imported].flatMap((name) => manifest[name] ?? [])
  const styles = new Set([...chunks, entry].flatMap(({ css = [] }) => css))
  return { script: entry.file, styles: [...styles], preloads: chunks.map(({ file }) => file) }
}
