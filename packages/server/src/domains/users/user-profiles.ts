import type { Database, Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { defaultUserProfile } from './default-user-profile.ts'
import { type GivenProfileConfig, profileMistakes } from './profile-mistakes.ts'
import type { PatternMatches } from './profile-validators.ts'
import {
  type ProfileAttribute,
  type UserProfile,
  userProfileMember,
  userProfileOf,
  userProfileType,
} from './user-profile.ts'

export interface UserProfilesDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'addComponents' | 'updateComponent'>
  readonly matches: PatternMatches
  /** @returns what is wrong with a pattern, or null */
  readonly patternMistake: (pattern: string) => string | null
}

/** Changing which attributes the users of a realm have. */
export class UserProfiles {
  readonly #deps: UserProfilesDeps

  constructor(deps: UserProfilesDeps) {
    this.#deps = deps
  }

  /**
   * Checks and stores a realm's profile.
   * @param given null for Keycloak's default
   * @returns the profile as it is now
   * @throws ModelError `invalid` with everything that is wrong with it, in Keycloak's words
   */
  async save(
    realm: Realm,
    given: GivenProfileConfig | null,
    trace?: AdminTrace,
  ): Promise<UserProfile> {
    const { profile, write } = await this.prepare(realm, given)
    await this.#deps.database.transaction(async (tx) => {
      await write(tx)
      await trace?.(tx)
    })
    return profile
  }

  /**
   * As `save`, for a transaction that does more.
   * @returns the profile, and what writes it
   */
  async prepare(realm: Realm, given: GivenProfileConfig | null) {
    const { realms, matches, patternMistake } = this.#deps
    const scopes = new Set(realm.clientScopes.map(({ name }) => name))
    const checked = given ?? defaultUserProfile
    const mistakes = await profileMistakes(checked, {
      realm: realm.name,
      scopes,
      matches,
      patternMistake,
    })
    if (mistakes.length > 0) throw new ModelError('invalid', `[${mistakes.join(', ')}]`)
    const profile = completeProfile(checked)
    const config = { [userProfileMember]: [JSON.stringify(profile)] }
    const present = realm.components.find((one) => one.providerType === userProfileType)
    const write = async (tx: Transaction): Promise<void> => {
      if (present) {
        await realms.updateComponent(tx, realm.id, { ...present, config })
      } else {
        const providerId = 'declarative-user-profile'
        const parentId = realm.id
        const providerType = userProfileType
        const component = { id: newUuid(), parentId, providerType, providerId, config }
        await realms.addComponents(tx, realm.id, [component])
      }
    }
    return { profile, write }
  }

  /** @returns the realm's profile as Admin REST shows it */
  shown(realm: Realm): UserProfile {
    return completeProfile(userProfileOf(realm))
  }
}

/** Whom nothing is granted is said, as Keycloak says it. */
function granted({ view, edit }: NonNullable<ProfileAttribute['permissions']>) {
  return { view: view ?? [], edit: edit ?? [] }
}

/** Members that are null are absent; `multivalued` is always said. */
function completeProfile(given: GivenProfileConfig): UserProfile {
  const { attributes = [], groups, unmanagedAttributePolicy } = given
  const present = (value: object) =>
    Object.fromEntries(
      Object.entries(value).filter(([, member]) => member !== null && member !== undefined),
    )
  return {
    attributes: attributes.map(
      (attribute) =>
        ({
          ...present(attribute),
          ...(attribute.permissions ? { permissions: granted(attribute.permissions) } : {}),
          multivalued: attribute.multivalued ?? false,
        }) as UserProfile['attributes'][number],
    ),
    groups: (groups ?? []).map(present) as unknown as NonNullable<UserProfile['groups']>,
    ...(unmanagedAttributePolicy ? { unmanagedAttributePolicy } : {}),
  }
}
