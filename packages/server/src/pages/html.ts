/** Text that is safe to put into a page as it is; only `html`, `trusted` and the sanitizer make it. */
export class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What may stand in a template: texts are escaped, nothing is written for `null`, `undefined` and `false`. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** @returns `text` with the five characters replaced that mean something in HTML text and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** @param text markup written in this repository or already checked; never anything a user typed */
export function trusted(text: string): Html {
  return new Html(text)
}

/** Template tag that escapes every value unless it is `Html`. Attribute values must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  let text = strings[0] ?? ''
  values.forEach((value, index) => {
    text += written(value) + (strings[index + 1] ?? '')
  })
  return new Html(text)
}

function written(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (value instanceof Html) return value.toString()
  return value.map(written).join('')
}

/** @returns the address if a link to it can do no harm (relative, http, https, mailto), otherwise `#` */
export function linkUrl(url: string): string {
  const protocol = URL.parse(url, 'http://relative.invalid')?.protocol ?? ''
  return ['http:', 'https:', 'mailto:'].includes(protocol) ? url : '#'
}

/**
 * Where a form may be posted: also to the schemes of native applications, which a client can have registered, but never
 * to one that a browser would run.
 * @returns `#` for every other address
 */
export function postUrl(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  return protocol === '' || ['javascript:', 'data:', 'vbscript:', 'blob:'].includes(protocol)
    ? '#'
    : url
}
