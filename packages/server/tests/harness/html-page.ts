/** A form control with the value that a browser would send if nobody touched it. */
interface FormControl {
  readonly name: string
  readonly type: string
  readonly value: string
  readonly checked: boolean
}

/** A form of a page, as far as a scripted visitor needs it. */
export interface HtmlForm {
  readonly id: string
  /** As written in the page, entities decoded. */
  readonly action: string
  readonly method: 'GET' | 'POST'
  readonly controls: readonly FormControl[]
}

const tagPattern =
  /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/g
const attributePattern = /([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g

interface Tag {
  readonly closing: boolean
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly end: number
}

/** Forms of an HTML document in order. */
export function parseForms(html: string): HtmlForm[] {
  const forms: HtmlForm[] = []
  let controls: FormControl[] | null = null
  let select: { name: string; value: string | null } | null = null
  const visible = withoutCommentsAndScripts(html)
  for (const tag of tagsOf(visible)) {
    if (tag.name === 'form') {
      controls = tag.closing ? null : openForm(forms, tag)
    } else if (controls !== null && tag.name === 'select') {
      if (tag.closing && select !== null)
        controls.push(control(select.name, 'select', select.value))
      select = tag.closing ? null : { name: tag.attributes['name'] ?? '', value: null }
    } else if (select !== null && tag.name === 'option' && !tag.closing) {
      const chosen = 'selected' in tag.attributes || select.value === null
      if (chosen) select.value = tag.attributes['value'] ?? ''
    } else if (controls !== null && !tag.closing) {
      const found = controlOf(tag, visible)
      if (found !== null) controls.push(found)
    }
  }
  return forms
}

function openForm(forms: HtmlForm[], tag: Tag): FormControl[] {
  const controls: FormControl[] = []
  forms.push({
    id: tag.attributes['id'] ?? '',
    action: tag.attributes['action'] ?? '',
    method: (tag.attributes['method'] ?? 'get').toUpperCase() === 'POST' ? 'POST' : 'GET',
    controls,
  })
  return controls
}

function control(name: string, type: string, value: string | null): FormControl {
  return { name, type, value: value ?? '', checked: false }
}

function controlOf(tag: Tag, html: string): FormControl | null {
  const name = tag.attributes['name'] ?? ''
  const type = (tag.attributes['type'] ?? (tag.name === 'button' ? 'submit' : 'text')).toLowerCase()
  if (tag.name === 'textarea') {
    const end = html.indexOf('</textarea>', tag.end)
    return control(name, 'textarea', decodeEntities(html.slice(tag.end, end)))
  }
  if (tag.name !== 'input' && tag.name !== 'button') return null
  const missing = type === 'checkbox' || type === 'radio' ? 'on' : ''
  return {
    name,
    type,
    value: tag.attributes['value'] ?? missing,
    checked: 'checked' in tag.attributes,
  }
}

function withoutCommentsAndScripts(html: string): string {
  return html.replace(/<!--[\s\S]*?-->/g, '').replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/gi, '$1')
}

function* tagsOf(visible: string): Generator<Tag> {
  for (const match of visible.matchAll(tagPattern)) {
    yield {
      closing: match[1] === '/',
      name: (match[2] ?? '').toLowerCase(),
      attributes: attributesOf(match[3] ?? ''),
      end: match.index + match[0].length,
    }
  }
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name, double, single, bare] of text.matchAll(attributePattern)) {
    attributes[(name ?? '').toLowerCase()] = decodeEntities(double ?? single ?? bare ?? '')
  }
  return attributes
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** Text of an attribute or element with its character references resolved. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, reference: string) => {
    if (reference.startsWith('#x') || reference.startsWith('#X')) {
      return String.fromCodePoint(Number.parseInt(reference.slice(2), 16))
    }
    if (reference.startsWith('#')) return String.fromCodePoint(Number(reference.slice(1)))
    return named[reference.toLowerCase()] ?? whole
  })
}

/** `<title>`, trimmed; null where there is none. */
export function titleOf(html: string): string | null {
  const found = /<title>([\s\S]*?)<\/title>/i.exec(html)?.[1]
  return found === undefined ? null : decodeEntities(found).trim()
}

/** `data-page-id` of the body, which names each login page. */
export function pageIdOf(html: string): string | null {
  const found = /<body\b[^>]*\bdata-page-id="([^"]*)"/i.exec(html)?.[1]
  return found ?? null
}

/** Headings `h1`…`h6` as pairs of tag and text. */
export function headingsOf(html: string): [string, string][] {
  return [...html.matchAll(/<(h[1-6])\b[^>]*>([\s\S]*?)<\/\1>/gi)].map(([, tag, text]) => [
    (tag ?? '').toLowerCase(),
    textOf(text ?? ''),
  ])
}

/** Everything a reader would see, with runs of white space joined. */
export function textOf(html: string): string {
  const bare = html
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
  return decodeEntities(bare).replace(/\s+/g, ' ').trim()
}
