import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ModelError } from '../realms/model-error.ts'
import { type PlaceholderValues, replacePlaceholders } from './placeholders.ts'
import { RealmScanner, type ScannedPart } from './realm-scanner.ts'
import type { RealmRepresentation, UserRepresentation } from './representation.ts'

/** One realm found in files. */
export interface FoundRealm {
  readonly file: string
  /** Which of the realms of its file. */
  readonly index: number
  /** Without its users, which are read when they are needed: see `usersOf`. */
  readonly realm: RealmRepresentation
  /** `<realm>-users-N.json` beside `<realm>-realm.json`, in the order of their numbers. */
  readonly userFiles: readonly string[]
  /** How many users all its files hold. */
  readonly userCount: number
  /** Of the content of all its files. */
  readonly fingerprint: string
}

const usersFile = /^(.+?)-(?:federated-)?users-(\d+)\.json$/
/** Users that are in memory together while files are read. */
const batchUsersMax = 500
const pieceBytes = 1024 * 1024

/**
 * Finds the realms in a directory: single files, and `<realm>-realm.json` with `<realm>-users-N.json`.
 * One realm at a time is in memory, without its users. A directory that is not there has none.
 */
export async function* realmsInDirectory(
  directory: string,
  values: PlaceholderValues,
): AsyncGenerator<FoundRealm> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const json = names.filter((name) => name.endsWith('.json')).toSorted()
  for (const name of json) {
    if (usersFile.test(name)) continue
    yield* await realmsInFile(join(directory, name), values)
  }
}

/** The realms of one file, an object or an array of several, with the files of users beside it. */
export async function realmsInFile(file: string, values: PlaceholderValues): Promise<FoundRealm[]> {
  const hash = createHash('sha256')
  const counts: number[] = []
  const realms: RealmRepresentation[] = []
  for await (const part of partsOf(file, hash)) {
    if (part.kind === 'user') counts[part.realm] = (counts[part.realm] ?? 0) + 1
    else realms.push(realmOf(parsed(file, part.text, values), file))
  }
  const userFiles = await userFilesBeside(file)
  const inFiles = await countUsers(userFiles, hash)
  const fingerprint = hash.digest('hex')
  return realms.map((realm, index) => ({
    file,
    index,
    realm,
    userFiles,
    userCount: (counts[index] ?? 0) + inFiles,
    fingerprint,
  }))
}

async function countUsers(files: readonly string[], hash: Hash): Promise<number> {
  let count = 0
  for (const file of files) {
    for await (const { kind } of partsOf(file, hash)) if (kind === 'user') count += 1
  }
  return count
}

function realmOf(content: unknown, file: string): RealmRepresentation {
  const isRealm =
    typeof content === 'object' &&
    content !== null &&
    typeof (content as Record<string, unknown>)['realm'] === 'string'
  if (isRealm) return content as RealmRepresentation
  throw new ModelError('invalid', `${file} is not a realm: it has no member "realm"`)
}

/**
 * The users of a realm, a few hundred at a time: those of its own file, then file by file.
 * @param skip so many are passed over at the beginning, without being parsed
 */
export async function* usersOf(
  { file, index, userFiles }: FoundRealm,
  values: PlaceholderValues,
  skip = 0,
): AsyncGenerator<UserRepresentation[]> {
  let passed = 0
  let batch: UserRepresentation[] = []
  for (const [place, source] of [file, ...userFiles].entries()) {
    for await (const part of partsOf(source)) {
      if (part.kind !== 'user' || (place === 0 && part.realm !== index)) continue
      passed += 1
      if (passed <= skip) continue
      batch.push(parsed(source, part.text, values) as UserRepresentation)
      if (batch.length < batchUsersMax) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** @returns `<realm>-users-N.json` files that belong to a single realm file given by its path */
async function userFilesBeside(file: string): Promise<string[]> {
  const realmFile = basename(file)
  if (!realmFile.endsWith('-realm.json')) return []
  const directory = dirname(file)
  const realm = realmFile.slice(0, -'-realm.json'.length)
  return (await readdir(directory))
    .flatMap((name) => {
      const match = usersFile.exec(name)
      return match && match[1] === realm ? [{ name, number: Number(match[2]) }] : []
    })
    .toSorted((a, b) => a.number - b.number)
    .map(({ name }) => join(directory, name))
}

/** @param hash told of the content */
async function* partsOf(file: string, hash?: Hash): AsyncGenerator<ScannedPart> {
  const scanner = new RealmScanner()
  try {
    for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) {
      hash?.update(piece as Buffer)
      yield* scanner.scan(piece as Buffer)
    }
    scanner.end()
  } catch (error) {
    if (!(error instanceof ModelError) || error.message.startsWith(file)) throw error
    throw new ModelError('invalid', `${file} is not JSON: ${error.message}`)
  }
}

function parsed(file: string, text: string, values: PlaceholderValues): unknown {
  try {
    return JSON.parse(replacePlaceholders(text, values))
  } catch (error) {
    throw new ModelError('invalid', `${file} is not JSON: ${(error as Error).message}`)
  }
}
