import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ModelError } from '../realms/model-error.ts'
import { type PlaceholderValues, replacePlaceholders } from './placeholders.ts'
import type { RealmRepresentation, UserRepresentation } from './representation.ts'

/** One realm found in files. */
export interface FoundRealm {
  readonly file: string
  readonly realm: RealmRepresentation
  /** `<realm>-users-N.json` beside `<realm>-realm.json`, in the order of their numbers. */
  readonly userFiles: readonly string[]
}

const usersFile = /^(.+?)-(?:federated-)?users-(\d+)\.json$/

/**
 * Finds the realms in a directory: single files, and `<realm>-realm.json` with `<realm>-users-N.json`.
 * One realm at a time is in memory. A directory that is not there has none.
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
    for (const realm of await realmsInFile(join(directory, name), values)) {
      yield { ...realm, userFiles: userFilesOf(directory, name, json) }
    }
  }
}

/** The realms of one file: an object, or an array of several. */
export async function realmsInFile(file: string, values: PlaceholderValues): Promise<FoundRealm[]> {
  const content = await readJson(file, values)
  const realms: unknown[] = Array.isArray(content) ? content : [content]
  return realms.map((realm) => {
    if (!isRealm(realm)) {
      throw new ModelError('invalid', `${file} is not a realm: it has no member "realm"`)
    }
    return { file, realm, userFiles: [] }
  })
}

function isRealm(content: unknown): content is RealmRepresentation {
  return (
    typeof content === 'object' &&
    content !== null &&
    typeof (content as Record<string, unknown>)['realm'] === 'string'
  )
}

/** Further users of a realm, file by file. */
export async function* usersInFiles(
  files: readonly string[],
  values: PlaceholderValues,
): AsyncGenerator<readonly UserRepresentation[]> {
  for (const file of files) {
    const content = await readJson(file, values)
    yield (content as { users?: UserRepresentation[] }).users ?? []
  }
}

/** @returns whether the path is a directory */
export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory()
}

/** @returns `<realm>-users-N.json` files that belong to a single realm file given by its path */
export async function userFilesBeside(file: string): Promise<string[]> {
  const directory = dirname(file)
  return userFilesOf(directory, basename(file), await readdir(directory))
}

function userFilesOf(directory: string, realmFile: string, names: readonly string[]): string[] {
  if (!realmFile.endsWith('-realm.json')) return []
  const realm = realmFile.slice(0, -'-realm.json'.length)
  return names
    .flatMap((name) => {
      const match = usersFile.exec(name)
      return match && match[1] === realm ? [{ name, number: Number(match[2]) }] : []
    })
    .toSorted((a, b) => a.number - b.number)
    .map(({ name }) => join(directory, name))
}

async function readJson(file: string, values: PlaceholderValues): Promise<unknown> {
  const text = await readFile(file, 'utf8')
  try {
    return JSON.parse(replacePlaceholders(text, values))
  } catch (error) {
    throw new ModelError('invalid', `${file} is not JSON: ${(error as Error).message}`)
  }
}
