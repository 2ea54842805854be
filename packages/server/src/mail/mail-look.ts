import { escapeHtml } from '../pages/html.ts'
import type { Theme } from '../pages/themes/theme.ts'
import type { MailPicture } from './mail.ts'

/** Pictures travel with the mail: nobody has to load anything to see them. */
const contentIds = 'cid:'

/** How a theme writes both parts of a mail. */
export interface MailLook {
  /** @param content markup of the mail itself @returns the body element */
  html(content: string): string
  text(content: string): string
  /** Pictures that the markup of `html` names. */
  readonly pictures: readonly MailPicture[]
}

/**
 * @param text of a key in the mail's language
 * @param realmName what a logo is read out as
 */
export function mailLookOf(
  theme: Theme,
  text: (key: string) => string,
  realmName: string,
): MailLook {
  const slot = (name: string) => theme.slot(name, contentIds.slice(0, -1), text)
  const header = pictured(slot('header.html')) ?? logoOf(theme, realmName)
  const footer = pictured(slot('footer.html')) ?? ''
  const around = [slot('header.txt'), slot('footer.txt')]
  return {
    html: (content) => page(theme, `${header}${links(theme, content)}${footer}`),
    text: (content) =>
      [around[0], content, around[1]]
        .flatMap((part) => (part === undefined ? [] : [part.trim()]))
        .join('\n\n'),
    pictures: picturesIn(theme, `${header}${footer}`),
  }
}

function logoOf(theme: Theme, realmName: string): string {
  const { logo } = theme.tokens
  if (logo === undefined) return ''
  return `<p><img src="${contentIds}${cidOf(logo)}" alt="${escapeHtml(realmName)}"></p>\n`
}

/** Addresses of the theme's own files become those of attached pictures. */
function pictured(markup: string | undefined): string | undefined {
  return markup?.replace(/cid\/([\w./-]{1,200})/g, (_, path: string) => contentIds + cidOf(path))
}

function picturesIn(theme: Theme, markup: string): MailPicture[] {
  const named = new Set([...markup.matchAll(/cid:([\w.-]+)/g)].map(([, cid = '']) => cid))
  return [...named].flatMap((cid) => {
    const path = pathOf(cid)
    const file = theme.file(path)
    if (!file?.contentType.startsWith('image/')) return []
    return [{ cid, name: path.split('/').at(-1) ?? path, ...file }]
  })
}

/** A content id holds no slash. */
function cidOf(path: string): string {
  return path.replaceAll('/', '..')
}

function pathOf(cid: string): string {
  return cid.replaceAll('..', '/')
}

/** Programs that read mail know no style sheets: every element says how it looks. */
function page(theme: Theme, content: string): string {
  const { values } = theme.tokens
  if (Object.keys(values).length === 0) return `<body>\n${content}\n</body>`
  const text = [style('color', values['text']), style('font-family', values['font'])].join('')
  const body = `margin:0;padding:1.5em;${style('background', values['background'])}${text}`
  const card = [
    'max-width:40em;margin:0 auto;padding:1.5em;',
    style('background', values['surface']),
    style('border-radius', values['radius']),
    values['border'] === undefined ? '' : `border:1px solid ${values['border']};`,
    text,
  ].join('')
  return `<body style="${escapeHtml(body)}">\n<div style="${escapeHtml(card)}">\n${content}\n</div>\n</body>`
}

function links(theme: Theme, content: string): string {
  const { accent } = theme.tokens.values
  if (accent === undefined) return content
  return content.replace(/<a /g, `<a style="${escapeHtml(style('color', accent))}" `)
}

function style(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${name}:${value};`
}
