/**
 * Fills a text written for Java's MessageFormat, the syntax of Keycloak's message bundles: `{0}` (a format after a
 * comma is ignored), `''` is one apostrophe, and between single apostrophes everything is literal.
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
    text += params[placeholder.number] ?? placeholder.text
    index += placeholder.text.length - 1
  }
  return text
}

function placeholderAt(pattern: string, index: number): { text: string; number: number } | null {
  if (pattern.charAt(index) !== '{') return null
  const match = /^\{(\d{1,2})(?:,[^{}]*)?\}/.exec(pattern.slice(index))
  return match === null ? null : { text: match[0], number: Number(match[1]) }
}
