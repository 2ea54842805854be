import type { User } from './user.ts'

/** Details of Keycloak's events by the column that changed. */
const columns = [
  ['username', 'username'],
  ['email', 'email'],
  ['firstName', 'first_name'],
  ['lastName', 'last_name'],
] as const

/** Between the values of an attribute that has several. */
const separator = '##'

/** @returns what an event says of a changed profile, as Keycloak: `previous_…` and `updated_…` of everything that differs */
export function profileDifference(before: User, after: User | null): Record<string, string> {
  if (after === null) return {}
  const found: Record<string, string> = {}
  const tell = (name: string, previous: string, updated: string) => {
    if (previous === updated) return
    if (previous !== '') found[`previous_${name}`] = previous
    if (updated !== '') found[`updated_${name}`] = updated
  }
  for (const [column, name] of columns) tell(name, before[column] ?? '', after[column] ?? '')
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)])
  for (const name of names) {
    const [previous = [], updated = []] = [before.attributes[name], after.attributes[name]]
    tell(name, previous.join(separator), updated.join(separator))
  }
  return found
}
