import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

/** What stands around the text of every file of the bundle: Node's own wrapper of CommonJS, in strict mode as modules are. */
export const bundleWrapper = {
  postBanner: "(function (exports, require, module, __filename, __dirname) { 'use strict';",
  postFooter: '})',
}

/** Added to a bundled file's name: where its compiled code is kept. */
export const compiledSuffix = '.code'

interface Module {
  exports: unknown
}
type Require = (id: string) => unknown
type Body = (
  exports: unknown,
  require: Require,
  module: Module,
  filename: string,
  directory: string,
) => void

interface Compiled {
  readonly script: Script
  readonly textChecksum: Buffer
}

/** Compiled code follows two checksums: of the text with the Node that compiled it, and its own. V8 compares neither. */
const checksumBytes = 20
const headerBytes = 2 * checksumBytes
const compiler = `${process.version} ${process.arch}`

/**
 * The files that `scripts/bundle-server.mjs` made of the server, with the code that V8 compiled of each when they were built
 * (docs/decisions/0015-the-bundle-is-compiled-when-it-is-built.md). Code that is missing, broken, or from another text, Node or
 * set of V8's flags is left aside, and the text is compiled instead.
 */
export class BundledProgram {
  readonly #folder: string
  readonly #nodeRequire: Require
  readonly #modules = new Map<string, Module>()
  readonly #compiled = new Map<string, Compiled>()

  /** @param folder of the bundle */
  constructor(folder: string) {
    this.#folder = folder
    this.#nodeRequire = createRequire(join(folder, 'bundle.cjs'))
  }

  /**
   * Runs a file of the bundle, once.
   * @param name of the file
   * @returns what it exports
   * @throws what its first run throws, and when there is no such file
   */
  load(name: string): unknown {
    const known = this.#modules.get(name)
    if (known !== undefined) return known.exports
    const compiled = this.#compile(name)
    this.#compiled.set(name, compiled)
    const module: Module = { exports: {} }
    this.#modules.set(name, module)
    const body = compiled.script.runInThisContext() as Body
    try {
      body(module.exports, this.#require, module, join(this.#folder, name), this.#folder)
    } catch (error) {
      this.#modules.delete(name)
      throw error
    }
    return module.exports
  }

  /** @returns whether the code that is kept of a file saves this process compiling it */
  isCompiled(name: string): boolean {
    return this.#compile(name).script.cachedDataRejected === false
  }

  /** Keeps the code of what was loaded since the last time, with the functions that ran, for later processes. */
  keepCompiled(): void {
    // What was asked for last: a build that is broken off does not leave it behind.
    for (const [name, { script, textChecksum }] of [...this.#compiled].reverse()) {
      const code = script.createCachedData()
      const file = join(this.#folder, name + compiledSuffix)
      writeWhole(file, Buffer.concat([textChecksum, checksum(code), code]))
    }
    this.#compiled.clear()
  }

  readonly #require: Require = (id) =>
    id.startsWith('./') ? this.load(id.slice(2)) : this.#nodeRequire(id)

  #compile(name: string): Compiled {
    const file = join(this.#folder, name)
    const text = readFileSync(file)
    const textChecksum = checksum(compiler, text)
    const code = keptCode(file, textChecksum)
    const script = new Script(text.toString('utf8'), {
      filename: pathToFileURL(file).href,
      ...(code === undefined ? {} : { cachedData: code }),
    })
    return { script, textChecksum }
  }
}

/** Writes a file so that nobody reads half of it: a server may be starting from the folder right now. */
export function writeWhole(file: string, contents: string | Buffer): void {
  const part = `${file}.${process.pid}.part`
  writeFileSync(part, contents)
  renameSync(part, file)
}

/** @returns the code that is kept of a file; undefined when there is none or it is not of this text */
function keptCode(file: string, textChecksum: Buffer): Buffer | undefined {
  const kept = readIfThere(file + compiledSuffix)
  if (kept === undefined || kept.length < headerBytes) return undefined
  const code = kept.subarray(headerBytes)
  const ownChecksum = kept.subarray(checksumBytes, headerBytes)
  const same = textChecksum.equals(kept.subarray(0, checksumBytes))
  return same && ownChecksum.equals(checksum(code)) ? code : undefined
}

/** Against accidents, not against people: who may write here may change the program as well. */
function checksum(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    // Nothing that concerns this file alone may keep a server from starting.
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined
    throw error
  }
}
