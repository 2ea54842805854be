import type { Client } from '../../clients/client.ts'
import type { Realm } from '../../realms/realm.ts'
import { attributeValues } from '../../users/attribute-values.ts'
import { type ProfileError, profileErrors } from '../../users/profile-validation.ts'
import type { PatternMatches } from '../../users/profile-validators.ts'
import type { User } from '../../users/user.ts'
import {
  effectiveProfile,
  impliedAttributes,
  isRequired,
  mayEdit,
  mayView,
  type ProfileAttribute,
  type UserProfile,
} from '../../users/user-profile.ts'
import type { PageNote } from '../engine/login-page.ts'
import type { ActionParties, ProfilePageField } from './required-action.ts'

type Values = Readonly<Record<string, readonly string[]>>

/** Attributes that are columns of a user. */
const columns = ['username', 'email', 'firstName', 'lastName'] as const

/** The user profile as the user itself edits it during a login. */
export class ProfileForm {
  readonly #profile: UserProfile
  readonly #realm: Realm
  /** Null for an account that is to be made. */
  readonly #user: User | null
  readonly #scopes: readonly string[]
  readonly #matches: PatternMatches

  constructor(
    { realm, client, user, state }: Omit<ActionParties, 'user'> & { readonly user: User | null },
    matches: PatternMatches,
  ) {
    this.#matches = matches
    this.#profile = effectiveProfile(realm)
    this.#realm = realm
    this.#user = user
    this.#scopes = scopesOf(client, state.request.scope)
  }

  /** What is wrong with the profile as it is. */
  presentErrors(): Promise<ProfileError[]> {
    const values = this.#stored()
    return this.#errors(values, values)
  }

  /** The fields, ungrouped ones first. @param values what was typed; without it what is stored */
  fields(values: Values = this.#stored()): ProfilePageField[] {
    const groups = this.#profile.groups ?? []
    const rank = ({ group }: ProfileAttribute) =>
      group === undefined ? -1 : groups.findIndex(({ name }) => name === group)
    return this.#shown()
      .toSorted((a, b) => rank(a) - rank(b))
      .map((attribute) => this.#field(attribute, values))
  }

  /** @returns all values of the user with those that the form may change taken from it */
  submitted(form: URLSearchParams): Values {
    const values: Record<string, readonly string[]> = { ...this.#stored() }
    for (const attribute of this.#shown()) {
      if (this.#isReadOnly(attribute) || !form.has(attribute.name)) continue
      values[attribute.name] = form
        .getAll(attribute.name)
        .map((value) => value.trim())
        .filter((value) => value !== '')
    }
    return values
  }

  /** What is wrong with submitted values, by field, as the page says it. */
  async fieldErrors(values: Values): Promise<Record<string, PageNote>> {
    const errors: Record<string, PageNote> = {}
    for (const { field, errorMessage, params } of await this.#errors(
      values,
      this.#user === null ? null : this.#stored(),
    )) {
      const missingName = field === 'username' && errorMessage === 'error-user-attribute-required'
      errors[field] ??= missingName
        ? { key: 'missingUsernameMessage' }
        : { key: errorMessage, params: params.map(String) }
    }
    return errors
  }

  #errors(values: Values, before: Values | null): Promise<ProfileError[]> {
    return profileErrors({
      realm: this.#realm,
      role: 'user',
      values,
      before,
      scopes: this.#scopes,
      matches: this.#matches,
    })
  }

  /** What is known now; of a new account what the profile gives to everybody. */
  #stored(): Values {
    if (this.#user !== null) return valuesOf(this.#user)
    const given = this.#profile.attributes.flatMap(({ name, defaultValue }) =>
      defaultValue === undefined ? [] : [[name, [defaultValue]] as const],
    )
    return Object.fromEntries(given)
  }

  /** An address is changed by its own action where the realm has that, since it has to be confirmed. */
  #shown(): ProfileAttribute[] {
    const { requiredActions } = this.#realm.settings
    const ownAction = requiredActions.some(
      ({ alias, enabled }) => alias === 'UPDATE_EMAIL' && enabled,
    )
    return this.#profile.attributes.filter((attribute) => {
      if (attribute.name === 'email' && ownAction && this.#user?.email) return false
      if (impliedAttributes.has(attribute)) return false
      if (attribute.name === 'username' && !this.#choosesUsername()) return false
      const scopes = attribute.selector?.scopes ?? []
      const asked = scopes.length === 0 || scopes.some((scope) => this.#scopes.includes(scope))
      return asked && mayView(attribute, 'user')
    })
  }

  #choosesUsername(): boolean {
    const { registrationEmailAsUsername, editUsernameAllowed } = this.#realm.settings
    return !registrationEmailAsUsername && (this.#user === null || editUsernameAllowed)
  }

  #isReadOnly(attribute: ProfileAttribute): boolean {
    if (attribute.name === 'username' && this.#user === null) return false
    return !mayEdit(attribute, 'user')
  }

  #field(attribute: ProfileAttribute, values: Values): ProfilePageField {
    const { name, displayName, annotations, validations } = attribute
    const group = this.#profile.groups?.find((one) => one.name === attribute.group)
    const options = validations?.['options']?.['options']
    return {
      name,
      ...(displayName === undefined ? {} : { displayName }),
      required: isRequired(this.#realm, attribute, 'user', this.#scopes),
      readOnly: this.#isReadOnly(attribute),
      multivalued: attribute.multivalued === true,
      values: attributeValues(values, name),
      ...(Array.isArray(options) ? { options: options.map(String) } : {}),
      ...(annotations === undefined ? {} : { annotations }),
      ...(group === undefined ? {} : { group }),
    }
  }
}

/** @returns the user with these values; an address that changes is not verified any more */
export function withValues(user: User, values: Values): User {
  const attributes: Record<string, string[]> = {}
  for (const [name, list] of Object.entries(values)) {
    if (!(columns as readonly string[]).includes(name) && list.length > 0)
      attributes[name] = [...list]
  }
  const email = values['email']?.[0] ?? null
  return {
    ...user,
    username: values['username']?.[0]?.toLowerCase() ?? user.username,
    email,
    emailVerified: user.emailVerified && email === user.email,
    firstName: values['firstName']?.[0] ?? null,
    lastName: values['lastName']?.[0] ?? null,
    attributes,
  }
}

function valuesOf(user: User): Values {
  const column = (value: string | null) => (value === null || value === '' ? [] : [value])
  return {
    ...user.attributes,
    username: [user.username],
    email: column(user.email),
    firstName: column(user.firstName),
    lastName: column(user.lastName),
  }
}

function scopesOf(client: Client, requested: string): string[] {
  return [
    ...(client.representation.defaultClientScopes ?? []),
    ...requested.split(' ').filter((name) => name !== ''),
  ]
}
