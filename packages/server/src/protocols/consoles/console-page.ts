import { escapeHtml, html, trusted } from '../../pages/html.ts'
import type { ConsoleEntry } from './console-assets.ts'

export interface ConsolePageModel {
  readonly title: string
  readonly description: string
  /** BCP 47 tag. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** Path of the console's files, without a slash at the end. */
  readonly resourceUrl: string
  readonly entry: ConsoleEntry
  /** What the console reads at its start: addresses, realm, client, features. */
  readonly environment: Readonly<Record<string, unknown>>
}

/** @returns the page of a console: it loads the console's script, which draws everything else */
export function consolePage(model: ConsolePageModel): string {
  const at = (path: string) => `${model.resourceUrl}/${path}`
  const styles = model.entry.styles.map(
    (path) => html`<link rel="stylesheet" href="${at(path)}">\n`,
  )
  const preloads = model.entry.preloads.map(
    (path) => html`<link rel="modulepreload" href="${at(path)}">\n`,
  )
  return `<!doctype html>
${html`<html lang="${model.language}" dir="${model.direction}">
<head>
<meta charset="utf-8">
<title>${model.title}</title>
<base href="${model.resourceUrl}/">
<link rel="icon" type="image/svg+xml" href="${at('favicon.svg')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${model.description}">
${styles}${preloads}<script type="module" src="${at(model.entry.script)}"></script>
</head>
<body data-page-id="${model.title}">
<div id="app"></div>
<noscript>${model.title}: JavaScript is required.</noscript>
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
