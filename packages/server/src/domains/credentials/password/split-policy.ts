/** One rule of a policy as it is written. */
export interface WrittenRule {
  readonly name: string
  /** Null without brackets. */
  readonly value: string | null
}

/** Rules without a value, which Keycloak's console writes `notUsername(undefined)`. */
const withoutValue: ReadonlySet<string> = new Set([
  'notUsername',
  'notEmail',
  'notContainsUsername',
])

/** Takes `length(8) and notUsername(undefined)` apart as Keycloak does: what stands last is taken for the bracket. */
export function splitPolicy(text: string): WrittenRule[] {
  return text
    .split(' and ')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const open = part.indexOf('(')
      if (open < 0) return { name: part, value: null }
      const name = part.slice(0, open).trim()
      return { name, value: withoutValue.has(name) ? null : part.slice(open + 1, -1) }
    })
}
