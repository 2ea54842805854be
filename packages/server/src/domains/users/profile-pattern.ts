/** Longest value that a realm's own regular expression is tried on. */
const patternCharactersMax = 2048

/** @returns whether a whole value matches an administrator's pattern; one that cannot be read matches nothing */
export function patternMatches(pattern: string, value: string): boolean {
  if (value.length > patternCharactersMax) return false
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value)
  } catch {
    return false
  }
}

/** @returns what is wrong with a pattern, or null */
export function patternMistake(pattern: string): string | null {
  try {
    new RegExp(pattern, 'u')
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
