import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { type Pkcs12Key, pkcs12Key, TrustStoreError } from '@holdfast/cluster'
import { outdatedKind } from './store-content.ts'

/** Largest store that is read; one with a few keys and their certificates has some ten thousand bytes. */
const storeBytesMax = 262_144
/** Answers that are remembered: whoever names one store a thousand times has it opened once. */
const answersMax = 500
const refusedTypes: ReadonlyMap<string, string> = new Map([
  ['BCFKS', 'BCFKS'],
  ['JCEKS', 'JCEKS'],
])

/** The key that a realm names in a store on disk. */
export interface NamedKey {
  /** Relative to the realm's folder, or absolute and within it. */
  readonly file: string
  readonly type: string | undefined
  readonly alias: string
  readonly password: string
  readonly keyPassword: string
}

/** Why a key of a store cannot be had; in Keycloak's words where it has some. Names no folder of the machine. */
export class KeyStoreProblem extends Error {}

/**
 * The key stores that realms name. Those of a realm lie in `data/<realm>/`, and nothing outside of that folder is looked at,
 * whatever a realm's administrators write (links that lead out of it included): as in Keycloak 26.
 */
export class RealmKeyStores {
  readonly #directory: string
  readonly #answers = new Map<string, Pkcs12Key | KeyStoreProblem>()

  /** @param directory with a folder per realm */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws KeyStoreProblem */
  key(realmName: string, named: NamedKey): Pkcs12Key {
    requireReadableType(named.type)
    const { content, stats } = this.#read(realmName, named.file)
    const identity = [stats.dev, stats.ino, stats.size, stats.mtimeMs, named]
    const question = createHash('sha256').update(JSON.stringify(identity)).digest('base64')
    const answer = this.#answers.get(question) ?? openedKey(content(), named)
    this.#remember(question, answer)
    if (answer instanceof KeyStoreProblem) throw answer
    return answer
  }

  #remember(question: string, answer: Pkcs12Key | KeyStoreProblem): void {
    this.#answers.delete(question)
    this.#answers.set(question, answer)
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= answersMax) break
      this.#answers.delete(oldest)
    }
  }

  #read(realmName: string, file: string): { stats: Stats; content: () => Buffer } {
    const folder = resolve(this.#directory, realmName)
    const path = resolve(folder, file)
    if (dirname(folder) !== resolve(this.#directory) || !path.startsWith(folder + sep)) {
      throw outside(file)
    }
    let target: string
    try {
      target = realpathSync(path)
      if (!target.startsWith(realpathSync(folder) + sep)) throw outside(file)
    } catch (error) {
      if (error instanceof KeyStoreProblem) throw error
      throw problem(`File not found on server. ${file} (${reasonOf(error)})`)
    }
    return boundedFile(target, file)
  }
}

/** A regular file of a bounded size, and nothing that could keep its reader waiting. */
function boundedFile(target: string, file: string): { stats: Stats; content: () => Buffer } {
  let handle: number
  try {
    handle = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw problem(`File not found on server. ${file} (${reasonOf(error)})`)
  }
  try {
    const stats = fstatSync(handle)
    if (!stats.isFile()) throw problem(`IO error on server. ${file} is no file`)
    if (stats.size > storeBytesMax) {
      throw problem(`IO error on server. ${file} has more than ${storeBytesMax} bytes`)
    }
    const content = Buffer.alloc(stats.size)
    const length = readSync(handle, content, 0, stats.size, 0)
    return { stats, content: () => content.subarray(0, length) }
  } finally {
    closeSync(handle)
  }
}

/** Java reads both of its own kinds as `JKS`; here it is the content that decides. */
function requireReadableType(type: string | undefined): void {
  if (type === undefined || type === 'JKS' || type === 'PKCS12') return
  const known = refusedTypes.get(type)
  if (known === undefined) throw problem(`KeyStore error on server. ${type} not found`)
  throw problem(
    `KeyStore error on server. Only Java reads ${known} stores; convert it: keytool -importkeystore -srckeystore OLD -srcstoretype ${known} -destkeystore NEW.p12 -deststoretype PKCS12`,
  )
}

function openedKey(content: Buffer, named: NamedKey): Pkcs12Key | KeyStoreProblem {
  const outdated = outdatedKind(content)
  if (outdated !== undefined) return problem(`KeyStore error on server. ${outdated}`)
  const { alias, password, keyPassword } = named
  try {
    const key = pkcs12Key(content, alias, { store: password, key: keyPassword })
    return key ?? unrecoverable(`Alias ${alias} does not exists in the keystore.`)
  } catch (error) {
    if (!(error instanceof TrustStoreError)) throw error
    return problem(`IO error on server. ${error.message}`)
  }
}

const problem = (text: string) => new KeyStoreProblem(`Failed to load keys. ${text}`)

/** @returns what Keycloak says of a key that is not there, or is of another kind than its settings say */
export function unrecoverable(text: string): KeyStoreProblem {
  return problem(`Key in the keystore cannot be recovered. ${text}`)
}

const outside = (file: string) =>
  new KeyStoreProblem(`Keystore file ${file} is not under the realm directory`)

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'No such file or directory' : String(code)
}
