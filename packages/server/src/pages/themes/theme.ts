import { createHash } from 'node:crypto'
import { escapeHtml } from '../html.ts'
import type { StaticFile } from '../static-file.ts'
import type { FolderKind, ThemeFolder, ThemeFolderOf, ThemeKind } from './theme-folder.ts'
import { type ThemeTokens, themeTokens } from './theme-tokens.ts'

type Texts = Readonly<Record<string, string>>

/** Keycloak's own themes, in whose place the server's own pages stand. `base` comes without styles. */
const keycloakThemes: ReadonlySet<string> = new Set([
  'base',
  'keycloak',
  'keycloak.v2',
  'keycloak.v3',
  'holdfast',
])
const importPattern = /^(login|email|account|admin|common)\/([\w.-]{1,100})$/
/** How many themes may build on each other. */
const parentsMax = 10
const versionCharacters = 8

/** A theme with everything that it has of the themes that it builds on. Immutable. */
export class Theme {
  readonly name: string
  readonly kind: ThemeKind
  /** Part of the addresses of its files: another content is another address. */
  readonly version: string
  /** Languages that it says it has; empty when it says nothing. */
  readonly locales: readonly string[]
  /** What of it does not act, and what to do instead. */
  readonly problems: readonly string[]
  /** Colours, shapes and pictures that it sets by name. */
  readonly tokens: ThemeTokens
  /** The last theme that it builds on: one that the server brings. */
  readonly root: string
  /** From the theme itself to the one that it builds on last, each followed by what it imports. */
  readonly #chain: readonly ThemeFolder[]
  readonly #properties: Texts
  readonly #files: ReadonlyMap<string, StaticFile>

  constructor(kind: ThemeKind, folder: ThemeFolder, folderOf: ThemeFolderOf) {
    const { chain, root, problems } = chainOf(kind, folder, folderOf)
    const eldestFirst = chain.toReversed()
    this.name = folder.name
    this.kind = kind
    this.root = root
    this.#chain = chain
    this.#properties = Object.assign({}, ...eldestFirst.map(({ properties }) => properties))
    this.#files = new Map(eldestFirst.flatMap(({ files }) => [...files]))
    this.tokens = themeTokens(kind, this.#properties, (path) => this.#files.has(path))
    this.locales = words(this.#properties['locales']?.replaceAll(',', ' '))
    this.version = versionOf(chain, this.#files)
    this.problems = [
      ...problems,
      ...chain.flatMap((one) => one.problems),
      ...this.tokens.problems,
      ...this.#missing(),
    ]
  }

  /** @param path below `resources/` */
  file(path: string): StaticFile | undefined {
    return this.#files.get(path)
  }

  /** @returns its texts in a language, its own before those of the themes that it builds on */
  texts(tag: string): readonly Texts[] {
    return this.#chain.flatMap(({ texts }) => (Object.hasOwn(texts, tag) ? [texts[tag] ?? {}] : []))
  }

  /** @returns a property of `theme.properties`; undefined when it is empty or absent */
  property(name: string): string | undefined {
    return this.#properties[name]?.trim() || undefined
  }

  /** @returns the files that a property lists, as far as they are there */
  filesIn(property: string): string[] {
    return words(this.#properties[property]).filter((file) => this.#files.has(file))
  }

  /**
   * @param name `header.html`
   * @param place address of the theme's files that `${url.resourcesPath}` stands for
   * @param text of a key, for `${msg("key")}`
   * @returns what the slot holds; undefined where the theme leaves it as it is
   */
  slot(name: string, place: string, text: (key: string) => string): string | undefined {
    const written = this.#chain.find(({ slots }) => Object.hasOwn(slots, name))?.slots[name]
    const safe = name.endsWith('.html') ? escapeHtml : (plain: string) => plain
    return written
      ?.replace(/\$\{\s*msg\(\s*["']([\w.-]{1,100})["']\s*\)\s*\}/g, (_, key: string) =>
        safe(text(key)),
      )
      .replace(/\$\{\s*url\.resources(?:Path|Url)\s*\}/g, () => safe(place))
  }

  /** Sheets and scripts that are named and not there; those of Keycloak's own themes have their counterpart here. */
  #missing(): string[] {
    const named = Object.entries(this.#properties).filter(([name]) =>
      /^(?:styles|scripts)(?:\.|$)/.test(name),
    )
    return named.flatMap(([name, value]) =>
      words(value)
        .filter(
          (file) =>
            !this.#files.has(file) && !/^(?:css\/(?:login|styles)\.css|node_modules\/)/.test(file),
        )
        .map((file) => `${name}: there is no resources/${file}`),
    )
  }
}

function chainOf(kind: ThemeKind, folder: ThemeFolder, folderOf: ThemeFolderOf) {
  const chain: ThemeFolder[] = []
  const problems: string[] = []
  const visited = new Set<string>()
  for (let current = folder; ; ) {
    visited.add(current.name)
    chain.push(current, ...importedBy(current, folderOf, problems))
    const parent = current.properties['parent']?.trim() || 'base'
    if (keycloakThemes.has(parent)) return { chain, root: parent, problems }
    const next = folderOf(parent, kind)
    if (next === undefined) {
      problems.push(`its parent ${parent} is not there`)
      return { chain, root: 'keycloak.v2', problems }
    }
    if (visited.has(next.name) || visited.size >= parentsMax) {
      problems.push(`its parents go round in a circle, or are more than ${parentsMax}`)
      return { chain, root: 'keycloak.v2', problems }
    }
    current = next
  }
}

/** `import=common/acme`: one theme of any kind, without those that it builds on. */
function importedBy(
  { properties }: ThemeFolder,
  folderOf: ThemeFolderOf,
  problems: string[],
): ThemeFolder[] {
  const named = properties['import']?.trim()
  if (!named) return []
  const [, kind, name = ''] = importPattern.exec(named) ?? []
  if (keycloakThemes.has(name)) return []
  const found = kind === undefined ? undefined : folderOf(name, kind as FolderKind)
  if (found === undefined) problems.push(`import: there is no theme ${named}`)
  return found === undefined ? [] : [found]
}

function versionOf(chain: readonly ThemeFolder[], files: ReadonlyMap<string, StaticFile>): string {
  const hash = createHash('sha256')
  for (const { name, properties } of chain) hash.update(JSON.stringify([name, properties]))
  for (const [path, { content }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(path).update('\0').update(content)
  }
  return hash.digest('hex').slice(0, versionCharacters)
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}
