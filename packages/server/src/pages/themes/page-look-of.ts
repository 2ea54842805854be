import { trusted } from '../html.ts'
import type { StaticFile } from '../static-file.ts'
import type { PageLook } from './page-look.ts'
import type { Theme } from './theme.ts'

/** The sheet that is made of a theme's tokens; in the place of a file. */
const tokensFile = 'holdfast-tokens.css'
const favicons = ['img/favicon.svg', 'img/favicon.ico', 'img/favicon.png']

/**
 * @param theme of the login pages
 * @param page Keycloak's name of the page, `login-otp`
 * @param path of the theme's resources, without a slash at the end
 * @param text of a key, in the page's language
 */
export function pageLookOf(
  theme: Theme,
  page: string,
  path: string,
  text: (key: string) => string,
): PageLook {
  const address = (file: string) => `${path}/${file}`
  const of = (kind: 'scripts' | 'styles') =>
    [...theme.filesIn(kind), ...theme.filesIn(`${kind}.${page}`)].map(address)
  const favicon = favicons.find((file) => theme.file(file) !== undefined)
  const { css, logo } = theme.tokens
  return {
    ownStyles: theme.root !== 'base',
    stylesheets: [...(css === '' ? [] : [address(tokensFile)]), ...of('styles')],
    scripts: of('scripts'),
    favicon: favicon && address(favicon),
    logo: logo && address(logo),
    slot: (name) => {
      const markup = theme.slot(`${name}.html`, path, text)
      return markup === undefined ? undefined : trusted(markup)
    },
  }
}

/** @returns a file that the pages of a theme load, of its own or made of its tokens */
export function pageFileOf(theme: Theme, path: string): StaticFile | undefined {
  if (path !== tokensFile || theme.tokens.css === '') return theme.file(path)
  return { contentType: 'text/css;charset=utf-8', content: Buffer.from(theme.tokens.css) }
}
