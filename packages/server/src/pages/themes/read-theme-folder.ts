import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parse } from 'dot-properties'
import { contentTypeOf, type StaticFile } from '../static-file.ts'
import type { FolderKind, ThemeFolder, ThemeKind } from './theme-folder.ts'

const filesMax = 2_000
const fileBytesMax = 5 * 1024 * 1024
const depthMax = 8
/** Slots of each kind of theme. */
const slotFiles: Readonly<Record<FolderKind, readonly string[]>> = {
  login: ['header.html', 'footer.html', 'beside.html'],
  email: ['header.html', 'footer.html', 'header.txt', 'footer.txt'],
  account: [],
  admin: [],
  common: [],
}
const messageFile = /^messages\/messages_([A-Za-z0-9_-]{2,40})\.properties$/
/** Names that lead to no other folder. */
const folderName = /^\w[\w.-]{0,99}$/

/**
 * Reads a theme as Keycloak has it: `{folder}/{kind}/` with `theme.properties`, `messages/`, `resources/`; slots are this
 * server's own. Templates are not taken.
 * @returns undefined when there is no theme of that kind in the folder
 */
export function readThemeFolder(
  themes: string,
  name: string,
  kind: FolderKind,
): ThemeFolder | undefined {
  const folder = join(themes, name, kind)
  if (!folderName.test(name) || !isThere(join(folder, 'theme.properties'))) return undefined
  const problems: string[] = []
  const files = new Map<string, StaticFile>()
  const texts: Record<string, Record<string, string>> = {}
  const slots: Record<string, string> = {}
  for (const path of filesBelow(folder, problems)) {
    const file = relative(folder, path).split(sep).join('/')
    const locale = messageFile.exec(file)?.[1]
    if (file.startsWith('slots/')) {
      const slot = file.slice(6)
      if (slotFiles[kind].includes(slot)) slots[slot] = readFileSync(path, 'utf8')
      else problems.push(`${file} is no slot`)
    } else if (locale !== undefined) texts[locale.replaceAll('_', '-')] = properties(path)
    else if (file.startsWith('resources/')) {
      const contentType = contentTypeOf(file)
      if (contentType === undefined) problems.push(`${file} is of a kind that pages do not load`)
      else files.set(file.slice(10), { contentType, content: readFileSync(path) })
    } else if (file.endsWith('.ftl')) problems.push(templateProblem(kind, file))
  }
  return {
    name,
    kind,
    properties: properties(join(folder, 'theme.properties')),
    texts,
    files,
    slots,
    problems,
  }
}

/** @returns what changes when any file below the folder does */
export function themesSignature(themes: string): string {
  return filesBelow(themes, [])
    .map((path) => `${path} ${statSync(path).mtimeMs}`)
    .join('\n')
}

/** @returns the names of the folders that hold a theme of a kind, sorted */
export function themeNames(themes: string, kind: ThemeKind): string[] {
  return readdirSync(themes)
    .filter(
      (name) => folderName.test(name) && isThere(join(themes, name, kind, 'theme.properties')),
    )
    .toSorted()
}

function templateProblem(kind: FolderKind, file: string): string {
  return `${file} is a FreeMarker template, and templates are not used: ${insteadOfTemplates[kind]}`
}

const insteadOfTemplates: Readonly<Record<FolderKind, string>> = {
  login:
    'style the page by its ids and classes, write its texts in messages/, and put markup into slots/header.html, ' +
    'slots/footer.html or slots/beside.html',
  email:
    'write the texts of mails in messages/ (their HTML by the keys that end in BodyHtml), set tokens in theme.properties, ' +
    'and put what stands around every mail into slots/header.html, slots/footer.html, slots/header.txt or slots/footer.txt',
  account: 'the console is styled by the sheets that theme.properties names in styles',
  admin: 'the console is styled by the sheets that theme.properties names in styles',
  common: 'style pages by their ids and classes',
}

/** UTF-8, or ISO 8859-1 as former Java wants it, with `\\uXXXX` in both. */
function properties(path: string): Record<string, string> {
  const bytes = readFileSync(path)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    text = bytes.toString('latin1')
  }
  return parse(text) as Record<string, string>
}

function filesBelow(folder: string, problems: string[], depth = 0): string[] {
  if (depth > depthMax) return []
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path, problems, depth + 1)
    if (!entry.isFile()) return []
    if (statSync(path).size <= fileBytesMax) return [path]
    problems.push(`${entry.name} is larger than ${fileBytesMax} bytes and left out`)
    return []
  })
  if (found.length > filesMax) problems.push(`there are more than ${filesMax} files`)
  return found.slice(0, filesMax)
}

function isThere(path: string): boolean {
  // Of a path below a file, `statSync` throws whatever it is told.
  return existsSync(path) && statSync(path).isFile()
}
