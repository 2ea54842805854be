import { Parser } from 'htmlparser2'
import { escapeHtml, type Html, linkUrl, trusted } from './html.ts'

const allowedTags = new Set(
  'a b br code div em h1 h2 h3 h4 h5 h6 i img li ol p small span strong sub sup u ul'.split(' '),
)
const allowedAttributes = new Set(['alt', 'class', 'height', 'href', 'src', 'title', 'width'])
const addresses = new Set(['href', 'src'])
const voidTags = new Set(['br', 'img'])
/** What stands between these is no text of the page. */
const silentTags = new Set(['iframe', 'noscript', 'object', 'script', 'style', 'template'])

/** Longest markup, in characters, that is shown; what follows is left out. */
export const markupLengthMax = 100_000
/** Markup with more open tags than this at one place is shown as text: each further tag would cost as much as all before. */
const depthMax = 64

/**
 * Markup that a realm's administrator wrote (display name, terms) reduced to harmless tags and attributes; the text of
 * other tags stays. Takes a time that grows with the length of the markup only.
 */
export function sanitizeHtml(markup: string): Html {
  const bounded = markup.slice(0, markupLengthMax)
  return trusted(reduced(bounded) ?? escapeHtml(bounded))
}

/** @returns undefined for markup that is nested too deeply */
function reduced(markup: string): string | undefined {
  let text = ''
  let depth = 0
  let silent = 0
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1
      if (depth > depthMax) parser.pause()
      if (silentTags.has(name)) silent += 1
      if (silent === 0 && allowedTags.has(name)) text += `<${name}${keptAttributes(attributes)}>`
    },
    ontext(content) {
      if (silent === 0) text += escapeHtml(content)
    },
    onclosetag(name) {
      depth -= 1
      if (silentTags.has(name)) silent -= 1
      else if (silent === 0 && allowedTags.has(name) && !voidTags.has(name)) text += `</${name}>`
    },
  })
  parser.write(markup)
  if (depth > depthMax) return undefined
  parser.end()
  return text
}

function keptAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .filter(([name]) => allowedAttributes.has(name))
    .map(
      ([name, value]) => ` ${name}="${escapeHtml(addresses.has(name) ? linkUrl(value) : value)}"`,
    )
    .join('')
}
