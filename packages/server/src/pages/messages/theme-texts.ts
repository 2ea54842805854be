import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogueTag, localeTag } from './catalogue-tag.ts'

export type Texts = Readonly<Record<string, string>>

/** Kinds of texts that pages and mails are written with. */
export type TextKind = 'login' | 'email'

/** Kinds of texts that there are translations of. */
export type TranslatedKind = TextKind | 'account' | 'admin'

const localePattern = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/
/** Languages of a kind that are in memory at once; each is up to 60 kB. */
const languagesMax = 48

/** Keycloak's texts of pages and mails in every language that they come in, each read when it is first needed. */
export class ThemeTexts {
  readonly #folder: string
  readonly #read = new Map<string, Texts>()
  readonly #locales = new Map<TranslatedKind, readonly string[]>()

  /** @param folder where the translations are, `{kind}/{tag}.json` */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param tag language, `en` or `pt-BR` @returns its texts; none for a language that nobody has translated to */
  of(kind: TranslatedKind, tag: string): Texts {
    const name = `${kind}/${catalogueTag(tag)}`
    const known = this.#read.get(name)
    if (known !== undefined) return known
    if (!localePattern.test(tag)) return {}
    const texts = textsIn(join(this.#folder, `${name}.json`))
    const [oldest] = this.#read.keys()
    if (this.#read.size >= languagesMax && oldest !== undefined) this.#read.delete(oldest)
    this.#read.set(name, texts)
    return texts
  }

  /** @returns the languages that a kind of texts comes in, sorted: `de`, `pt-BR`, `zh-CN` */
  locales(kind: TranslatedKind): readonly string[] {
    const known = this.#locales.get(kind)
    if (known !== undefined) return known
    const tags = readdirSync(join(this.#folder, kind))
      .map((file) => localeTag(file.replace(/\.json$/, '')))
      .toSorted()
    this.#locales.set(kind, tags)
    return tags
  }
}

function textsIn(file: string): Texts {
  try {
    const texts: Texts = JSON.parse(readFileSync(file, 'utf8'))
    return Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        text.replaceAll(/\bKeycloak\b/g, 'Holdfast').replaceAll(/\bKEYCLOAK\b/g, 'HOLDFAST'),
      ]),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
