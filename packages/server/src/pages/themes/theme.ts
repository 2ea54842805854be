import { createHash } from 'node:crypto'
import { escapeHtml, type Html, trusted } from '../html.ts'
import type { StaticFile } from '../static-file.ts'
import type { PageLook, SlotName } from './page-look.ts'
import type { ThemeFolder, ThemeFolderOf } from './theme-folder.ts'
import { type ThemeTokens, themeTokens } from './theme-tokens.ts'

type Texts = Readonly<Record<string, string>>

/** Keycloak's own themes, in whose place the server's own pages stand. `base` comes without styles. */
const keycloakThemes: ReadonlySet<string> = new Set(['base', 'keycloak', 'keycloak.v2', 'holdfast'])
/** How many themes may build on each other. */
const parentsMax = 10
const versionCharacters = 8
const tokensFile = 'holdfast-tokens.css'
const favicons = ['img/favicon.svg', 'img/favicon.ico', 'img/favicon.png']

/** A login theme with everything that it has of the themes that it builds on. Immutable. */
export class Theme {
  readonly name: string
  /** Part of the addresses of its files: another content is another address. */
  readonly version: string
  /** Languages that it says it has; empty when it says nothing. */
  readonly locales: readonly string[]
  /** What of it does not act, and what to do instead. */
  readonly problems: readonly string[]
  /** From the theme itself to the one that it builds on last. */
  readonly #chain: readonly ThemeFolder[]
  readonly #properties: Texts
  readonly #files: ReadonlyMap<string, StaticFile>
  readonly #tokens: ThemeTokens
  readonly #ownStyles: boolean

  constructor(folder: ThemeFolder, folderOf: ThemeFolderOf) {
    const { chain, root, problems } = chainOf(folder, folderOf)
    const eldestFirst = chain.toReversed()
    this.name = folder.name
    this.#chain = chain
    this.#properties = Object.assign({}, ...eldestFirst.map(({ properties }) => properties))
    const files = new Map(eldestFirst.flatMap(({ files }) => [...files]))
    this.#tokens = themeTokens(this.#properties, (path) => files.has(path))
    if (this.#tokens.css !== '') {
      const contentType = 'text/css;charset=utf-8'
      files.set(tokensFile, { contentType, content: Buffer.from(this.#tokens.css) })
    }
    this.#files = files
    this.#ownStyles = root !== 'base'
    this.locales = words(this.#properties['locales']?.replaceAll(',', ' '))
    this.version = versionOf(chain, files)
    this.problems = [
      ...problems,
      ...chain.flatMap((one) => one.problems),
      ...this.#tokens.problems,
      ...this.#missing(),
    ]
  }

  file(path: string): StaticFile | undefined {
    return this.#files.get(path)
  }

  /** @returns its texts in a language, its own before those of the themes that it builds on */
  texts(tag: string): readonly Texts[] {
    return this.#chain.flatMap(({ texts }) => (Object.hasOwn(texts, tag) ? [texts[tag] ?? {}] : []))
  }

  /**
   * @param page Keycloak's name of the page, `login-otp`
   * @param path of the theme's resources, without a slash at the end
   * @param text of a key, in the page's language
   */
  look(page: string, path: string, text: (key: string) => string): PageLook {
    const address = (file: string) => `${path}/${file}`
    const of = (kind: 'scripts' | 'styles') =>
      [...words(this.#properties[kind]), ...words(this.#properties[`${kind}.${page}`])]
        .filter((file) => this.#files.has(file))
        .map(address)
    const favicon = favicons.find((file) => this.#files.has(file))
    return {
      ownStyles: this.#ownStyles,
      stylesheets: [...(this.#files.has(tokensFile) ? [address(tokensFile)] : []), ...of('styles')],
      scripts: of('scripts'),
      favicon: favicon && address(favicon),
      logo: this.#tokens.logo && address(this.#tokens.logo),
      slot: (name) => this.#slot(name, path, text),
    }
  }

  /** In slots, `${msg("key")}` is a text and `${url.resourcesPath}` where the theme's files are. */
  #slot(name: SlotName, path: string, text: (key: string) => string): Html | undefined {
    const markup = this.#chain.find(({ slots }) => slots[name] !== undefined)?.slots[name]
    if (markup === undefined) return undefined
    const filled = markup
      .replace(/\$\{\s*msg\(\s*["']([\w.-]{1,100})["']\s*\)\s*\}/g, (_, key: string) =>
        escapeHtml(text(key)),
      )
      .replace(/\$\{\s*url\.resourcesPath\s*\}/g, escapeHtml(path))
    return trusted(filled)
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

function chainOf(folder: ThemeFolder, folderOf: ThemeFolderOf) {
  const chain = [folder]
  const problems: string[] = []
  for (;;) {
    const parent = chain.at(-1)?.properties['parent']?.trim() || 'base'
    const next = keycloakThemes.has(parent) ? undefined : folderOf(parent)
    if (next === undefined) {
      if (!keycloakThemes.has(parent)) problems.push(`its parent ${parent} is not there`)
      return { chain, root: keycloakThemes.has(parent) ? parent : 'keycloak.v2', problems }
    }
    if (chain.includes(next) || chain.length >= parentsMax) {
      problems.push(`its parents go round in a circle, or are more than ${parentsMax}`)
      return { chain, root: 'keycloak.v2', problems }
    }
    chain.push(next)
  }
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
