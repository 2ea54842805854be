import type { Realm } from '../domains/realms/realm.ts'
import { escapeHtml } from '../pages/html.ts'
import { Messages, ownTexts } from '../pages/messages/messages.ts'
import type { ThemeTexts } from '../pages/messages/theme-texts.ts'
import { sanitizeHtml } from '../pages/sanitize-html.ts'
import type { Theme } from '../pages/themes/theme.ts'
import type { Mail } from './mail.ts'
import { type MailLook, mailLookOf } from './mail-look.ts'

const subjectCharactersMax = 250
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

/** Keys of one mail's texts. */
export interface MailKeys {
  readonly subject: string
  readonly body: string
  readonly html: string
}

/** @returns the usual keys of a mail: `emailVerification` has `emailVerificationSubject`, `…Body` and `…BodyHtml` */
export function mailKeys(name: string): MailKeys {
  return { subject: `${name}Subject`, body: `${name}Body`, html: `${name}BodyHtml` }
}

/** What mails say of a realm, and in whose words. */
export interface MailRealm {
  readonly name: string
  readonly settings: Pick<Realm['settings'], 'displayName' | 'localizationTexts'>
}

/** @returns how mails call a realm: by its display name, or by its name with a capital */
export function mailNameOf({ name, settings }: MailRealm): string {
  return settings.displayName || name.charAt(0).toUpperCase() + name.slice(1)
}

/** The texts of mails in one language, with what a realm has changed of them. */
export class MailTexts {
  readonly #locale: string
  readonly #messages: Messages
  readonly #look: MailLook | undefined

  /** @param realm whose texts count before those of the theme */
  constructor(
    texts: ThemeTexts,
    locale: string,
    realm: MailRealm,
    theme: Theme | undefined = undefined,
  ) {
    this.#locale = locale
    this.#messages = new Messages(locale, realm.settings.localizationTexts, (tag) => [
      ...(theme?.texts(tag) ?? []),
      texts.of('email', tag),
      ...ownTexts(tag),
    ])
    this.#look = theme && mailLookOf(theme, (key) => this.#messages.text(key), mailNameOf(realm))
  }

  text(key: string, ...params: readonly string[]): string {
    return this.#messages.text(key, ...params)
  }

  /** @returns whether there is a text of that key */
  has(key: string): boolean {
    return this.#messages.text(key) !== key
  }

  /** @returns `15 minutes`: in the largest unit that divides it */
  duration(seconds: number): string {
    const units = [
      ['days', 86_400],
      ['hours', 3_600],
      ['minutes', 60],
    ] as const
    const [unit, size] = units.find(([, one]) => seconds > 0 && seconds % one === 0) ?? [
      'seconds',
      1,
    ]
    const count = String(seconds / size)
    return `${count} ${this.text(`linkExpirationFormatter.timePeriodUnit.${unit}`, count)}`
  }

  /** @returns date and time, with the zone */
  time(ms: number): string {
    const format = { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' } as const
    try {
      return new Intl.DateTimeFormat(this.#locale, format).format(ms)
    } catch {
      // A realm's tag that is none.
      return new Intl.DateTimeFormat('en', format).format(ms)
    }
  }

  /**
   * @param params of subject and body; what they say never becomes markup, nor a line of the head
   * @returns both parts of a mail
   */
  mail(
    keys: MailKeys,
    params: { readonly subject?: readonly string[]; readonly body: readonly string[] },
  ): Omit<Mail, 'to'> {
    return this.written({
      subject: this.text(keys.subject, ...(params.subject ?? [])),
      text: this.text(keys.body, ...params.body),
      markup: this.text(keys.html, ...params.body.map(escapeHtml)),
    })
  }

  /** @returns both parts of a mail that says this; its markup is made harmless */
  written(given: {
    readonly subject: string
    readonly text: string
    readonly markup: string
  }): Omit<Mail, 'to'> {
    const language = this.#locale.split('-')[0] ?? this.#locale
    const direction = rightToLeft.has(language) ? 'rtl' : 'ltr'
    const content = sanitizeHtml(given.markup).toString()
    const look = this.#look
    const body = look?.html(content) ?? `<body>\n${content}\n</body>`
    return {
      subject: given.subject.replaceAll(/\p{Cc}/gu, ' ').slice(0, subjectCharactersMax),
      text: look?.text(given.text) ?? given.text,
      html: `<html lang="${escapeHtml(this.#locale)}" dir="${direction}">\n${body}\n</html>\n`,
      ...(look === undefined ? {} : { pictures: look.pictures }),
    }
  }
}
