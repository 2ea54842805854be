import { escapeHtml, html, trusted } from '../../pages/html.ts'
import type { ConsoleEntry } from './console-assets.ts'
import type { ConsoleLook } from './console-look.ts'

export interface ConsolePageModel {
  readonly title: string
  readonly description: string
  /** BCP 47 tag. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** What the theme of the realm says. */
  readonly look: ConsoleLook
  readonly entry: ConsoleEntry
  /** What the console reads at its start: addresses, realm, client, features. */
  readonly environment: Readonly<Record<string, unknown>>
}

/** @returns the page of a console: it loads the console's script, which draws everything else */
export function consolePage(model: ConsolePageModel): string {
  const { look } = model
  const title = look.title ?? model.title
  const at = (path: string) => `${look.resourceUrl}/${path}`
  const styles = [...model.entry.styles, ...look.stylesheets].map(
    (path) => html`<link rel="stylesheet" href="${at(path)}">\n`,
  )
  const scripts = look.scripts.map(
    (path) => html`\n<script type="module" src="${at(path)}"></script>`,
  )
  const preloads = model.entry.preloads.map(
    (path) => html`<link rel="modulepreload" href="${at(path)}">\n`,
  )
  return `<!doctype html>
${html`<html lang="${model.language}" dir="${model.direction}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<base href="${look.resourceUrl}/">
<link rel="icon" type="${look.faviconType}" href="${look.resourceUrl}${look.favicon}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light${look.dark ? ' dark' : ''}">
<meta name="description" content="${look.description ?? model.description}">
${styles}${preloads}<script type="module" src="${at(model.entry.script)}"></script>${scripts}
</head>
<body data-page-id="${model.title}">
<div id="app"></div>
<noscript>${title}: JavaScript is required.</noscript>
<script id="environment" type="application/json">${trusted(scriptJson(model.environment))}</script>
</body>
</html>`}
`
}

/** JSON that cannot end the element it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/**
 * @param origins where the console may send requests to, and whose session frame it may show, besides its own origin
 * @returns the page's Content-Security-Policy: scripts only from files, nothing from elsewhere
 */
export function consolePolicy(origins: readonly string[]): string {
  const others = [...new Set(origins)].map(escapeHtml).join(' ')
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src 'self' data:",
    `connect-src 'self' ${others}`,
    `frame-src 'self' ${others}`,
    "frame-ancestors 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ')
}
