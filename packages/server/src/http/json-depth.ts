/** Deepest nesting of a JSON body, as Keycloak's parser bounds it. */
const jsonDepthMax = 1_000
const [quote, backslash, bracket, bracketEnd, brace, braceEnd] = Buffer.from('"\\[]{}')

/**
 * Looked at before anything walks through the value: what calls itself for each level must not run out of stack.
 * @returns whether a JSON text is nested deeper than any body may be
 */
export function isTooDeep(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === backslash && quoted) at += 1
    else if (character === quote) quoted = !quoted
    else if (quoted) continue
    else if (character === bracket || character === brace) {
      depth += 1
      if (depth > jsonDepthMax) return true
    } else if (character === bracketEnd || character === braceEnd) depth -= 1
  }
  return false
}
