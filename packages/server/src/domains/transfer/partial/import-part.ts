import type { Transaction } from '../../../database/database.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { ExistingPolicy, ImportedThing, ImportedType } from './imported-thing.ts'

/** One kind of things in a partial import: how they are found, removed and made. */
export interface ImportPart<T extends object> {
  readonly items: readonly T[]
  typeOf(item: T): ImportedType
  nameOf(item: T): string
  /** @returns the id of what is there by that name, before the transaction; null where nothing is */
  present(item: T): Promise<string | null>
  /** @returns Keycloak's words for something that is there already */
  taken(item: T): string
  /** @returns whether what is there must stay as it is, whatever the policy says */
  stays?(item: T): boolean
  /** @returns what the event of the thing shows; absent = the thing with its id */
  shown?(item: T, id: string): object
  /** Whether what is overwritten is listed a second time, as added. */
  readonly listsTwice?: boolean
  /** Takes what is there away, to be made anew. */
  remove(tx: Transaction, item: T, id: string): Promise<void>
  /** Makes the things. @returns their ids, in the same order */
  add(tx: Transaction, items: readonly T[]): Promise<readonly string[]>
}

/** A kind with what is to be done about each of its things. */
export class SortedPart<T extends object> {
  readonly #part: ImportPart<T>
  readonly #skipped: readonly (readonly [item: T, id: string])[]
  readonly #overwritten: readonly (readonly [item: T, id: string])[]
  readonly #added: readonly T[]

  private constructor(
    part: ImportPart<T>,
    skipped: readonly (readonly [T, string])[],
    overwritten: readonly (readonly [T, string])[],
    added: readonly T[],
  ) {
    this.#part = part
    this.#skipped = skipped
    this.#overwritten = overwritten
    this.#added = added
  }

  /** @throws ModelError `duplicate` when something is there and the policy is to fail */
  static async of<T extends object>(
    part: ImportPart<T>,
    policy: ExistingPolicy,
  ): Promise<SortedPart<T>> {
    const skipped: [T, string][] = []
    const overwritten: [T, string][] = []
    const added: T[] = []
    for (const item of part.items) {
      const id = await part.present(item)
      if (id === null) added.push(item)
      else if (policy === 'FAIL') throw new ModelError('duplicate', part.taken(item))
      else if (policy === 'SKIP' || part.stays?.(item)) skipped.push([item, id])
      else overwritten.push([item, id])
    }
    return new SortedPart(part, skipped, overwritten, added)
  }

  async removeOverwritten(tx: Transaction): Promise<void> {
    for (const [item, id] of this.#overwritten) await this.#part.remove(tx, item, id)
  }

  /** Makes what is to be made. @returns what became of everything of the kind */
  async write(tx: Transaction): Promise<ImportedThing[]> {
    const anew = this.#overwritten.map(([item]) => item)
    const ids = await this.#part.add(tx, [...anew, ...this.#added])
    const overwritten = (action: ImportedThing['action']) =>
      anew.map((item, at) => this.#thing(action, item, ids[at] ?? ''))
    return [
      ...this.#skipped.map(([item, id]) => this.#thing('SKIPPED', item, id)),
      ...overwritten('OVERWRITTEN'),
      ...(this.#part.listsTwice ? overwritten('ADDED') : []),
      ...this.#added.map((item, at) => this.#thing('ADDED', item, ids[anew.length + at] ?? '')),
    ]
  }

  #thing(action: ImportedThing['action'], item: T, id: string): ImportedThing {
    const part = this.#part
    return {
      action,
      resourceType: part.typeOf(item),
      resourceName: part.nameOf(item),
      id,
      representation: part.shown?.(item, id) ?? { ...item, id },
    }
  }
}
