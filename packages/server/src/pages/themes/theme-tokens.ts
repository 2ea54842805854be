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

export interface ThemeTokens {
  /** A style sheet; empty when nothing is set. */
  readonly css: string
  /** Path of the logo below the theme's resources. */
  readonly logo?: string | undefined
  readonly problems: readonly string[]
}

/** @param has whether the theme has a file. @returns the tokens among a theme's properties as a style sheet */
export function themeTokens(
  properties: Readonly<Record<string, string>>,
  has: (path: string) => boolean,
): ThemeTokens {
  const light: string[] = []
  const dark: string[] = []
  const problems: string[] = []
  let logo: string | undefined
  for (const [property, given] of Object.entries(properties)) {
    if (!property.startsWith(prefix)) continue
    const isDark = property.startsWith(darkPrefix)
    const name = property.slice((isDark ? darkPrefix : prefix).length)
    const text = given.trim()
    if (pictures.has(name)) {
      if (!has(text)) problems.push(`${property}: there is no resources/${text}`)
      else if (name === 'logo') logo = text
      else (isDark ? dark : light).push(`--${name}: url("${encodeURI(text)}")`)
    } else if (!tokens.has(name)) problems.push(`${property} is no token`)
    else if (!value.test(text)) problems.push(`${property} holds what no style can hold`)
    else (isDark ? dark : light).push(`--${name}: ${text}`)
  }
  return { css: sheet(light, dark), ...(logo === undefined ? {} : { logo }), problems }
}

function sheet(light: readonly string[], dark: readonly string[]): string {
  const block = (lines: readonly string[]) =>
    `:root {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`
  return [
    light.length > 0 ? block(light) : '',
    dark.length > 0 ? `@media (prefers-color-scheme: dark) {\n${block(dark)}}\n` : '',
  ].join('')
}
