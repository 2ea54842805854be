import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Folders that hold nothing people wrote, by name, wherever they are. */
const foldersLeftOut = new Set([
  '.git',
  '.tmp',
  'coverage',
  'data',
  'dist',
  'dist-tests',
  'node_modules',
  'fixtures',
])

const textExtensions =
  /\.(?:ts|mts|mjs|js|css|html|json|md|sh|sql|txt|svg|yml|yaml)$|^run$|^LICENSE$/

/** A text file of the repository. */
export interface RepositoryFile {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly text: string
}

/** @returns every text file of the repository that people or generators wrote, sorted by path */
export function repositoryFiles(): RepositoryFile[] {
  return pathsIn('')
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** @returns the path of every file of the repository, fixtures and recordings included */
export function repositoryPaths(): string[] {
  return allIn('')
}

function allIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return foldersLeftOut.has(entry.name) && entry.name !== 'fixtures' ? [] : allIn(path)
  })
}

function pathsIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return foldersLeftOut.has(entry.name) ? [] : pathsIn(path)
    const isText = entry.isFile() && textExtensions.test(entry.name)
    return isText && entry.name !== 'package-lock.json' ? [path] : []
  })
}
