import type { Realm } from '../domains/realms/realm.ts'
import { type Html, html } from './html.ts'
import { sanitizeHtml } from './sanitize-html.ts'

/** Texts with markup of one realm that are kept: its name and its terms in some languages. */
const textsMax = 64

/** What administrators wrote with markup, sanitized once for each snapshot of their realm. */
export class RealmMarkup {
  readonly #texts = new WeakMap<Realm, Map<string, Html>>()

  /** @param realm null for pages of no realm, whose texts are this server's own */
  of(realm: Realm | null, markup: string): Html {
    if (markup === '') return html``
    if (realm === null) return sanitizeHtml(markup)
    const known = this.#texts.get(realm) ?? new Map<string, Html>()
    this.#texts.set(realm, known)
    const found = known.get(markup)
    if (found !== undefined) return found
    if (known.size >= textsMax) known.clear()
    const sanitized = sanitizeHtml(markup)
    known.set(markup, sanitized)
    return sanitized
  }
}
