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
