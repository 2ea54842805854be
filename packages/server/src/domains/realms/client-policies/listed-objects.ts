type JsonMembers = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonMembers {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** @returns the objects of a list in a member; none where there is no such list */
export function objectsOf(holder: unknown, member: string): JsonMembers[] {
  const list = isObject(holder) ? holder[member] : undefined
  return Array.isArray(list) ? list.filter(isObject) : []
}
