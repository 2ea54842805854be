import type { ThemeKind } from './theme-folder.ts'

/** What a theme may set by name, as `token.accent=#0a7d4f`: colours, shapes and type of the pages. */
const tokens: ReadonlySet<string> = new Set([
  'accent',
  'accent-strong',
  'background',
  'border',
  'border-strong',
  'danger',
  'danger-surface',
  'focus',
  'font',
  'glow-1',
  'glow-2',
  'on-accent',
  'radius',
  'shadow',
  'success',
  'success-surface',
  'surface',
  'text',
  'text-soft',
  'warning',
  'warning-surface',
])

/** Names of pictures of the theme's own resources. */
const pictures: ReadonlySet<string> = new Set(['background-image', 'logo'])
const prefix = 'token.'
const darkPrefix = 'token.dark.'
/** Nothing that could end a declaration. */
const value = /^[^;{}<>\\@]{1,300}$/

/** What mails can have of them: a mail has no dark form, no forms and no background picture. */
const mailTokens: ReadonlySet<string> = new Set([
  'accent',
  'background',
  'border',
  'font',
  'radius',
  'surface',
  'text',
  'text-soft',
])

export interface ThemeTokens {
  /** What is set, by name; the values of dark pages are not among them. */
  readonly values: Readonly<Record<string, string>>
  /** A style sheet; empty when nothing is set. */
  readonly css: string
  /** Path of the logo below the theme's resources. */
  readonly logo?: string | undefined
  readonly problems: readonly string[]
}

/**
 * @param kind of the theme: consoles have no tokens, mails some
 * @param has whether the theme has a file
 * @returns the tokens among a theme's properties
 */
export function themeTokens(
  kind: ThemeKind,
  properties: Readonly<Record<string, string>>,
  has: (path: string) => boolean,
): ThemeTokens {
  const light = new Map<string, string>()
  const dark = new Map<string, string>()
  const problems: string[] = []
  let logo: string | undefined
  for (const [property, given] of Object.entries(properties)) {
    if (!property.startsWith(prefix)) continue
    const isDark = property.startsWith(darkPrefix)
    const name = property.slice((isDark ? darkPrefix : prefix).length)
    const text = given.trim()
    if (!actsIn(kind, name, isDark)) problems.push(`${property} is no token of ${places[kind]}`)
    else if (pictures.has(name)) {
      if (!has(text)) problems.push(`${property}: there is no resources/${text}`)
      else if (name === 'logo') logo = text
      else (isDark ? dark : light).set(name, `url("${encodeURI(text)}")`)
    } else if (!value.test(text)) problems.push(`${property} holds what no style can hold`)
    else (isDark ? dark : light).set(name, text)
  }
  return {
    values: Object.fromEntries(light),
    css: sheet(light, dark),
    ...(logo === undefined ? {} : { logo }),
    problems,
  }
}

const places: Readonly<Record<ThemeKind, string>> = {
  login: 'login pages',
  email: 'mails',
  account: 'the account console: it is styled by the sheets named in styles',
  admin: 'the admin console: it is styled by the sheets named in styles',
}

function actsIn(kind: ThemeKind, name: string, isDark: boolean): boolean {
  if (kind === 'login') return tokens.has(name) || pictures.has(name)
  return kind === 'email' && !isDark && (mailTokens.has(name) || name === 'logo')
}

function sheet(light: ReadonlyMap<string, string>, dark: ReadonlyMap<string, string>): string {
  const block = (values: ReadonlyMap<string, string>) =>
    `:root {\n${[...values].map(([name, one]) => `  --${name}: ${one};\n`).join('')}}\n`
  return [
    light.size > 0 ? block(light) : '',
    dark.size > 0 ? `@media (prefers-color-scheme: dark) {\n${block(dark)}}\n` : '',
  ].join('')
}
