/**
 * Fills a text written for Java's MessageFormat, the syntax of Keycloak's message bundles: `{0}` (a format after a
 * comma is ignored, but for `{0,choice,0#days|1#day|1<days}`), `''` is one apostrophe, and between single apostrophes
 * everything is literal.
 *
 * @returns the text; a parameter that is not given stays as `{n}`
 */
export function formatMessage(pattern: string, params: readonly string[]): string {
  let text = ''
  let quoted = false
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index)
    if (character === "'") {
      if (pattern.charAt(index + 1) === "'") {
        text += "'"
        index += 1
      } else {
        quoted = !quoted
      }
      continue
    }
    const placeholder = quoted ? null : placeholderAt(pattern, index)
    if (placeholder === null) {
      text += character
      continue
    }
    text += filled(placeholder, params[placeholder.number])
    index += placeholder.text.length - 1
  }
  return text
}

interface Placeholder {
  readonly text: string
  readonly number: number
  readonly choices: string | undefined
}

function placeholderAt(pattern: string, index: number): Placeholder | null {
  if (pattern.charAt(index) !== '{') return null
  const match = /^\{(\d{1,2})(?:,\s*choice\s*,([^{}]*)|,[^{}]*)?\}/.exec(pattern.slice(index))
  return match === null ? null : { text: match[0], number: Number(match[1]), choices: match[2] }
}

function filled({ text, choices }: Placeholder, param: string | undefined): string {
  if (param === undefined) return text
  return choices === undefined ? param : (chosen(choices, Number(param)) ?? param)
}

/** Java's ChoiceFormat: `limit#text` from the limit on, `limit<text` above it; the last that fits, or else the first. */
function chosen(choices: string, value: number): string | undefined {
  const options = choices.split('|').flatMap((part) => {
    const [, limit, sign, text] = /^\s*(-?\d+)([#<≤])(.*)$/s.exec(part) ?? []
    return text === undefined ? [] : [{ limit: Number(limit), above: sign === '<', text }]
  })
  const fitting = options.filter(({ limit, above }) => (above ? value > limit : value >= limit))
  return (fitting.at(-1) ?? options[0])?.text
}
