/** Which view, database and place in the log a node stands in: owners answer only callers who stand where they do (R2). */
export interface Standing {
  readonly viewId: number
  readonly viewTag: number
  readonly identity: string
  /** Cursor in the shard of the key, with the tag of its entry. */
  readonly v: number
  readonly tag: number
}

/** A copy on its way between owners (R3, R6). */
export interface Copy {
  readonly key: string
  readonly value: unknown
  readonly ver: number
  readonly idTag: string
  readonly tags: readonly string[]
  readonly standing: Standing
}

/** What a caller asks the primary owner of a key. */
export interface OwnerQuestion {
  readonly key: string
  /** The owner is to read the store again. */
  readonly anew: boolean
  readonly standing: Standing
}

/** @throws when a peer sent something else */
export function parseQuestion(body: unknown): OwnerQuestion {
  const { key, standing, anew } = fieldsOf(body)
  if (typeof key !== 'string') malformed()
  return { key, anew: anew === true, standing: parseStanding(standing) }
}

/** @throws when a peer sent something else */
export function parseCopies(body: unknown): Copy[] {
  if (!Array.isArray(body)) malformed()
  return body.map((each) => {
    const { key, value, ver, idTag, tags, standing } = fieldsOf(each)
    const texts = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')
    if (typeof key !== 'string' || typeof ver !== 'number' || typeof idTag !== 'string' || !texts) {
      malformed()
    }
    return { key, value, ver, idTag, tags: tags as string[], standing: parseStanding(standing) }
  })
}

function parseStanding(value: unknown): Standing {
  const { viewId, viewTag, identity, v, tag } = fieldsOf(value)
  const numbers = [viewId, viewTag, v, tag].every((each) => typeof each === 'number')
  if (!numbers || typeof identity !== 'string') malformed()
  return { viewId, viewTag, identity, v, tag } as Standing
}

function fieldsOf(value: unknown): Record<string, unknown> & { [name: string]: unknown } {
  if (typeof value !== 'object' || value === null) malformed()
  return value as Record<string, unknown>
}

function malformed(): never {
  throw new Error('the message between owners is malformed')
}
