import { type Html, html } from '../html.ts'
import { layout } from '../layout.ts'
import type { PageContext } from '../page-context.ts'

/** The list of all pages with their states, and the themes to look at them with. */
export interface ThemePreviewModel {
  readonly pages: readonly (readonly [page: string, states: readonly string[]])[]
  readonly themes: readonly { readonly name: string; readonly problems: readonly string[] }[]
  /** Names of the mails. */
  readonly mails: readonly string[]
  /** Theme that the links show; absent: the server's own look. */
  readonly theme?: string | undefined
  /** Path of this page. */
  readonly path: string
}

/** @returns the page that `start-dev` shows to those who write a theme */
export function renderThemePreview(context: PageContext, model: ThemePreviewModel): string {
  const { pages, themes, mails, theme, path } = model
  const query = theme === undefined ? '' : `?${new URLSearchParams({ theme })}`
  const link = (page: string, state: string): Html =>
    html`<li><a href="${path}/${encodeURIComponent(page)}/${encodeURIComponent(state)}${query}">${page}: ${state}</a></li>`
  const mail = (name: string): Html => {
    const address = `${path}/mail/${encodeURIComponent(name)}`
    const textQuery = new URLSearchParams({
      ...(theme === undefined ? {} : { theme }),
      part: 'text',
    })
    return html`<li><a href="${address}${query}">${name}</a> (<a href="${address}?${textQuery.toString()}">text</a>)</li>`
  }
  const choices = themes.map(
    ({ name, problems }) =>
      html`<li><a href="${path}?${new URLSearchParams({ theme: name }).toString()}">${name}</a>${problems.map((problem) => html`<br><small>${problem}</small>`)}</li>`,
  )
  return layout(context, {
    pageId: 'theme-preview',
    title: 'Themes',
    heading: theme === undefined ? 'Pages' : `Pages in the theme ${theme}`,
    body: html`<ul id="themes"><li><a href="${path}">holdfast</a></li>${choices}</ul>
<ul id="pages">${pages.flatMap(([page, states]) => states.map((state) => link(page, state)))}</ul>
<h2>Mails</h2>
<ul id="mails">${mails.map(mail)}</ul>`,
  })
}
