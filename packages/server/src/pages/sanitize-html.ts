import { escapeHtml, type Html, linkUrl, trusted } from './html.ts'

const allowedTags = new Set(
  'a b br code div em h1 h2 h3 h4 h5 h6 i img li ol p small span strong sub sup u ul'.split(' '),
)
const allowedAttributes = new Set(['alt', 'class', 'height', 'href', 'src', 'title', 'width'])
const voidTags = new Set(['br', 'img'])

const token = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^<>]*)?)\s*\/?>|<|[^<]+/g
const attribute = /([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * Markup that a realm's administrator wrote (display name, terms) reduced to harmless tags and attributes;
 * everything else appears as text. Tags that are left open are closed, stray closing tags are dropped.
 */
export function sanitizeHtml(markup: string): Html {
  const open: string[] = []
  let text = ''
  for (const [piece, slash, name, attributes] of markup.matchAll(token)) {
    const tag = name?.toLowerCase()
    if (tag === undefined || !allowedTags.has(tag)) {
      text += escapeHtml(unescapeEntities(piece))
    } else if (slash === '/') {
      text += closeThrough(open, tag)
    } else {
      text += `<${tag}${keptAttributes(attributes ?? '')}>`
      if (!voidTags.has(tag)) open.push(tag)
    }
  }
  return trusted(
    text +
      open
        .reverse()
        .map((tag) => `</${tag}>`)
        .join(''),
  )
}

function closeThrough(open: string[], tag: string): string {
  const index = open.lastIndexOf(tag)
  if (index === -1) return ''
  return open
    .splice(index)
    .reverse()
    .map((name) => `</${name}>`)
    .join('')
}

function keptAttributes(attributes: string): string {
  let kept = ''
  for (const [, name = '', double, single] of attributes.matchAll(attribute)) {
    const lowerName = name.toLowerCase()
    if (!allowedAttributes.has(lowerName)) continue
    const value = unescapeEntities(double ?? single ?? '')
    const isAddress = lowerName === 'href' || lowerName === 'src'
    kept += ` ${lowerName}="${escapeHtml(isAddress ? linkUrl(value) : value)}"`
  }
  return kept
}

/** The entities of HTML's syntax, so that `&amp;` of the author is not shown as `&amp;amp;`. */
function unescapeEntities(text: string): string {
  const characters: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&nbsp;': '\u00a0',
    '&copy;': '©',
    '&amp;': '&',
  }
  return text.replace(
    /&(?:lt|gt|quot|#39|nbsp|copy|amp);/g,
    (entity) => characters[entity] ?? entity,
  )
}
