import { ownMember } from '../../shared/own-member.ts'
import { ar } from './ar.ts'
import { catalogueTag } from './catalogue-tag.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { formatMessage } from './message-format.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { ptBr } from './pt-br.ts'
import { zhHans } from './zh-hans.ts'

type Texts = Readonly<Record<string, string>>

/** Texts of this server's own, by BCP 47 tag. */
const own: Readonly<Record<string, Texts>> = {
  ...{ ar, de, en, es, fr, it, ja, nl, pl },
  'pt-BR': ptBr,
  'zh-Hans': zhHans,
}

/** Texts that a server brings in a language, those that count first. */
export type Catalogue = (tag: string) => readonly Texts[]

/** @returns this server's own texts of pages in a language */
export const ownTexts: Catalogue = (tag) => {
  const texts = ownMember(own, catalogueTag(tag))
  return texts === undefined ? [] : [texts]
}

/** Texts about an organization name it like that; its name is their first parameter. */
const organizationName = '${kc.org.name}'

/** Longest text, in characters, that is shown: terms and conditions are the longest that anybody writes. */
const textLengthMax = 100_000

/** Texts in one language: the realm's own before the catalogue, the language before English. */
export class Messages {
  readonly #layers: readonly Texts[]

  /**
   * @param locale BCP 47 tag, e.g. `de` or `pt-BR`
   * @param localizationTexts the realm's own texts by tag and key
   * @param catalogue what the server brings
   */
  constructor(
    locale: string,
    localizationTexts: Readonly<Record<string, Texts>> = {},
    catalogue: Catalogue = ownTexts,
  ) {
    const language = locale.split('-')[0] ?? locale
    this.#layers = [...new Set([locale, language, 'en'])].flatMap((tag) =>
      [ownMember(localizationTexts, tag), ...catalogue(tag)].filter((texts) => texts !== undefined),
    )
  }

  /** @returns the text of `key` with `{0}`… filled in; the key itself when no layer has it */
  text(key: string, ...params: readonly string[]): string {
    for (const layer of this.#layers) {
      const pattern = ownMember(layer, key)
      if (pattern === undefined) continue
      const text = formatMessage(pattern.slice(0, textLengthMax), params)
      return text.includes(organizationName)
        ? text.replaceAll(organizationName, () => params[0] ?? '')
        : text
    }
    return key
  }

  /** @returns a text in which `${key}` (names of attributes, scopes and clients) is looked up */
  display(text: string): string {
    const key = /^\$\{([^{}]+)\}$/.exec(text.trim())?.[1]
    return key === undefined ? text : this.text(key)
  }
}
