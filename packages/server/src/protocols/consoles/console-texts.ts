import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Realm } from '../../domains/realms/realm.ts'
import { catalogueTag } from '../../pages/messages/catalogue-tag.ts'
import type { ThemeKind } from '../../pages/themes/theme-folder.ts'
import type { ThemesOfKind } from '../../pages/themes/themes.ts'
import { ownMember } from '../../shared/own-member.ts'

/** Kinds of texts that can be asked for. */
export const textTypes = ['admin', 'account', 'login', 'email', 'common', 'welcome'] as const
export type TextType = (typeof textTypes)[number]

export interface ConsoleText {
  readonly key: string
  readonly value: string
  readonly source?: 'THEME' | 'REALM'
}

type Texts = Readonly<Record<string, string>>

/** Bundles in memory at once; each is up to half a megabyte. */
const bundlesMax = 8
const localePattern = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/

/** Texts that speak of Keycloak as another product. */
const speakOfKeycloak =
  /^(?:addKeycloakOpenIdProvider|jwksUrlHelp|samlSignatureKeyNameHelp|signatureKeyNameHelp|clientInstallation)/

/** The texts of consoles and pages by language, with what a realm has changed of them. */
export class ConsoleTexts {
  readonly #folder: string
  readonly #themes: Readonly<Record<ThemeKind, Pick<ThemesOfKind, 'of'>>>
  readonly #bundles = new Map<string, Promise<Texts>>()

  /** @param folder where the translations are, `{type}/{tag}.json` */
  constructor(folder: string, themes: Readonly<Record<ThemeKind, Pick<ThemesOfKind, 'of'>>>) {
    this.#folder = folder
    this.#themes = themes
  }

  /**
   * @param tag language as in the address, `en` or `pt-BR`
   * @returns the texts in that language, English where it has none, the realm's own ones instead of both
   */
  async of(realm: Realm, type: TextType, tag: string): Promise<ConsoleText[]> {
    const english = await this.#bundle(type, 'en')
    const translated = tag === 'en' ? {} : await this.#bundle(type, tag)
    const { localizationTexts = {} } = realm.settings
    const own = { ...ownTexts(localizationTexts, 'en'), ...ownTexts(localizationTexts, tag) }
    const texts = new Map<string, ConsoleText>()
    const themed = this.#themed(realm, type, tag)
    for (const [key, value] of [english, translated, ...themed].flatMap(Object.entries<string>)) {
      texts.set(key, { key, value, source: 'THEME' })
    }
    for (const [key, value] of Object.entries(own)) texts.set(key, { key, value, source: 'REALM' })
    return [...texts.values()]
  }

  /** What the realm's theme says instead, those that count last first. */
  #themed(realm: Realm, type: TextType, tag: string): Texts[] {
    if (type === 'common' || type === 'welcome') return []
    const theme = this.#themes[type].of(realm)
    return [...new Set(['en', tag])].flatMap((each) => theme?.texts(each).toReversed() ?? [])
  }

  #bundle(type: TextType, tag: string): Promise<Texts> {
    if (!localePattern.test(tag)) return Promise.resolve({})
    const name = `${type}/${catalogueTag(tag)}`
    const known = this.#bundles.get(name)
    if (known !== undefined) return known
    const bundle = read(join(this.#folder, `${name}.json`))
    const [oldest] = this.#bundles.keys()
    if (this.#bundles.size >= bundlesMax && oldest !== undefined) this.#bundles.delete(oldest)
    this.#bundles.set(name, bundle)
    return bundle
  }
}

async function read(file: string): Promise<Texts> {
  try {
    const texts: Texts = JSON.parse(await readFile(file, 'utf8'))
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, named(key, text)]))
  } catch (error) {
    // A language, or a kind of texts, that nobody has translated.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** The translations are Keycloak's; the server that they speak of is this one. */
function named(key: string, text: string): string {
  return speakOfKeycloak.test(key) ? text : text.replaceAll(/\bKeycloak\b/g, 'Holdfast')
}

function ownTexts(texts: Readonly<Record<string, Texts>>, tag: string): Texts {
  return ownMember(texts, tag) ?? {}
}
