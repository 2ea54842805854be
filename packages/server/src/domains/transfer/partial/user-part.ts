import type { Transaction } from '../../../database/database.ts'
import { newUuid } from '../../../shared/random.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { Realm } from '../../realms/realm.ts'
import type { UserLifecycle } from '../../user-lifecycle/user-lifecycle.ts'
import type { Users } from '../../users/users.ts'
import type { UserRepresentation } from '../representation.ts'
import type { UserImport } from '../user-import.ts'
import type { ImportPart } from './import-part.ts'
import type { PartialTarget } from './partial-target.ts'

export interface UserPartDeps {
  readonly users: Pick<Users, 'byEmail' | 'byUsername' | 'lockedIn'>
  readonly userLifecycle: Pick<UserLifecycle, 'removeIn'>
  readonly userImport: Pick<UserImport, 'importUsers'>
}

/** The users of a partial import. One is there already by its name, or by its address where that is unique. */
export class UserPart implements ImportPart<UserRepresentation> {
  readonly items: readonly UserRepresentation[]
  readonly #deps: UserPartDeps
  readonly #realm: Realm
  readonly #target: PartialTarget

  constructor(
    deps: UserPartDeps,
    realm: Realm,
    target: PartialTarget,
    users: readonly UserRepresentation[],
  ) {
    this.items = users
    this.#deps = deps
    this.#realm = realm
    this.#target = target
  }

  typeOf() {
    return 'USER' as const
  }

  nameOf({ username }: UserRepresentation): string {
    return username ?? ''
  }

  shown({ credentials: _, ...user }: UserRepresentation, id: string): object {
    return { ...user, id }
  }

  async present({ username, email }: UserRepresentation): Promise<string | null> {
    const { users } = this.#deps
    const { id, settings } = this.#realm
    const named = username ? await users.byUsername(id, username) : null
    if (named) return named.id
    if (!email || settings.duplicateEmailsAllowed) return null
    return (await users.byEmail(id, email))?.id ?? null
  }

  taken({ username }: UserRepresentation): string {
    return `User with user name ${username ?? ''} already exists.`
  }

  async remove(tx: Transaction, _: UserRepresentation, id: string): Promise<void> {
    const user = await this.#deps.users.lockedIn(tx, this.#realm.id, id)
    if (!user) throw new ModelError('missing', 'User not found')
    await this.#deps.userLifecycle.removeIn(tx, this.#realm, user)
  }

  async add(tx: Transaction, users: readonly UserRepresentation[]): Promise<string[]> {
    const withIds = users.map((user) => ({ ...user, id: user.id ?? newUuid() }))
    await this.#deps.userImport.importUsers(tx, this.#target, withIds)
    return withIds.map(({ id }) => id)
  }
}
