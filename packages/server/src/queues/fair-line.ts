/** Who waits: a group, a realm for example, and one of its members, a client address for example. */
export interface Asker {
  readonly group: string
  readonly member: string
}

/**
 * Jobs that wait, in a line of bounded length that is fair between groups, and within a group between its members: whoever
 * waits gets a turn before anybody gets a second one. While there is room, one asker may use all of it; in a full line, a
 * newcomer takes the place of the last job of whom most wait for, so that nobody can keep the others out.
 */
export class FairLine<T> {
  readonly #max: number
  /** Jobs of members by group, both in the order of their next turns; nothing in it is empty. */
  readonly #groups = new Map<string, Map<string, T[]>>()
  #size = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#size
  }

  /**
   * Puts a job at the end of its asker's line.
   * @returns the job that has no place any more: the new one, or the one that had to go; undefined when there was room
   */
  push(asker: Asker, job: T): T | undefined {
    let refused: T | undefined
    if (this.#size >= this.#max) {
      const other = this.#givesWay(asker)
      if (other === undefined) return job
      refused = this.#takeLast(other)
    }
    const members = this.#groups.get(asker.group) ?? new Map<string, T[]>()
    this.#groups.set(asker.group, members)
    const line = members.get(asker.member)
    if (line === undefined) members.set(asker.member, [job])
    else line.push(job)
    this.#size += 1
    return refused
  }

  /** Takes the oldest job of the asker whose turn it is. */
  shift(): T | undefined {
    const [group, members] = first(this.#groups) ?? []
    const [member, line] = (members && first(members)) ?? []
    if (group === undefined || member === undefined || !members || !line) return undefined
    const job = line.shift()
    // Behind all the others.
    members.delete(member)
    if (line.length > 0) members.set(member, line)
    this.#groups.delete(group)
    if (members.size > 0) this.#groups.set(group, members)
    this.#size -= 1
    return job
  }

  /**
   * With one job more each, the asker would have as many as who gives way: then it is not fairer.
   * @returns whose last job the asker has a better claim than; undefined where nobody's
   */
  #givesWay({ group, member }: Asker): Asker | undefined {
    const sizes = new Map(
      [...this.#groups].map(([name, members]) => [name, sizeOf(members)] as const),
    )
    const largest = longest(sizes)
    if (largest === undefined) return undefined
    const [other, most] = largest
    const own = this.#groups.get(group) ?? new Map<string, T[]>()
    const elsewhere = other !== group && most > (sizes.get(group) ?? 0) + 1
    const members = elsewhere ? (this.#groups.get(other) ?? own) : own
    const lengths = new Map([...members].map(([name, line]) => [name, line.length] as const))
    const found = longest(lengths)
    if (found === undefined) return undefined
    if (elsewhere) return { group: other, member: found[0] }
    return found[1] > (lengths.get(member) ?? 0) + 1 ? { group, member: found[0] } : undefined
  }

  #takeLast({ group, member }: Asker): T | undefined {
    const members = this.#groups.get(group)
    const line = members?.get(member)
    const job = line?.pop()
    if (line?.length === 0) members?.delete(member)
    if (members?.size === 0) this.#groups.delete(group)
    this.#size -= 1
    return job
  }
}

function first<V>(map: ReadonlyMap<string, V>): readonly [string, V] | undefined {
  const [entry] = map
  return entry
}

function sizeOf(members: ReadonlyMap<string, readonly unknown[]>): number {
  let size = 0
  for (const line of members.values()) size += line.length
  return size
}

/** @returns name and size of the largest one, the first of those that are equal */
function longest(sizes: ReadonlyMap<string, number>): readonly [string, number] | undefined {
  let found: readonly [string, number] | undefined
  for (const [name, size] of sizes) if (found === undefined || size > found[1]) found = [name, size]
  return found
}
