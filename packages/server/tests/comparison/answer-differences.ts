import type { NormalAnswer } from './normal-answer.ts'

const shownCharacters = 160

/**
 * Compares two answers member by member.
 * @returns a line per difference, `place: what Holdfast says instead of what Keycloak says`
 */
export function answerDifferences(keycloak: NormalAnswer, holdfast: NormalAnswer): string[] {
  const found: string[] = []
  if (keycloak.status >= 500) {
    // An internal error is never what a client wants: any refusal is better.
    if (holdfast.status < 400 || holdfast.status >= 500) {
      found.push(`status: ${holdfast.status} instead of a refusal (Keycloak fails with 500)`)
    }
    return found
  }
  compare('', keycloak, holdfast, found)
  return found
}

function compare(place: string, keycloak: unknown, holdfast: unknown, found: string[]): void {
  if (Array.isArray(keycloak) && Array.isArray(holdfast)) {
    compareArrays(place, keycloak, holdfast, found)
  } else if (isObject(keycloak) && isObject(holdfast)) {
    for (const name of new Set([...Object.keys(keycloak), ...Object.keys(holdfast)])) {
      const inner = place === '' ? name : `${place}.${name}`
      compare(inner, keycloak[name], holdfast[name], found)
    }
  } else if (keycloak !== holdfast) {
    found.push(`${place}: ${shown(holdfast)} instead of ${shown(keycloak)}`)
  }
}

/** Elements that have a name in common are compared with each other, plain ones as a set first, others by their place. */
function compareArrays(
  place: string,
  keycloak: readonly unknown[],
  holdfast: readonly unknown[],
  found: string[],
): void {
  const plain = [...keycloak, ...holdfast].every((element) => typeof element === 'string')
  const missing = keycloak.filter((element) => plain && !holdfast.includes(element))
  const extra = holdfast.filter((element) => plain && !keycloak.includes(element))
  for (const element of missing) found.push(`${place}[${String(element)}]: missing`)
  for (const element of extra) found.push(`${place}[${String(element)}]: not in Keycloak's`)
  if (missing.length > 0 || extra.length > 0) return
  const member = nameMember(keycloak, holdfast)
  if (member === null) {
    for (let index = 0; index < Math.max(keycloak.length, holdfast.length); index++) {
      compare(`${place}[${index}]`, keycloak[index], holdfast[index], found)
    }
    return
  }
  const byName = (elements: readonly unknown[]): Map<string, unknown> =>
    new Map(
      elements.map((element) => [String((element as Record<string, unknown>)[member]), element]),
    )
  const [theirs, ours] = [byName(keycloak), byName(holdfast)]
  for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
    compare(`${place}[${name}]`, theirs.get(name), ours.get(name), found)
  }
}

/** The member that tells every element of both arrays apart; null when none does. */
function nameMember(...arrays: readonly (readonly unknown[])[]): string | null {
  for (const member of ['name', 'clientId', 'username', 'alias', 'providerId', 'id', 'kid']) {
    const told = arrays.every((elements) => {
      const values = elements.map((element) => (isObject(element) ? element[member] : undefined))
      return (
        values.every((value) => typeof value === 'string') && new Set(values).size === values.length
      )
    })
    if (told) return member
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}
