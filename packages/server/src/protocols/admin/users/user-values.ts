import type { Realm } from '../../../domains/realms/realm.ts'
import {
  type ProfileError,
  type ProfileValues,
  profileErrors,
  storableAttributes,
} from '../../../domains/users/profile-validation.ts'
import type { User } from '../../../domains/users/user.ts'
import { userProfileOf } from '../../../domains/users/user-profile.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { UserBody } from '../representations/user.ts'

/** The members of a user that its realm's profile rules. */
export type ProfileMembers = Pick<
  User,
  'username' | 'email' | 'firstName' | 'lastName' | 'attributes'
>

/** @returns the user's values as the profile sees them */
export function profileValuesOf(user: ProfileMembers): ProfileValues {
  const one = (value: string | null) => (value === null ? [] : [value])
  return {
    ...user.attributes,
    username: [user.username],
    email: one(user.email),
    firstName: one(user.firstName),
    lastName: one(user.lastName),
  }
}

/**
 * Applies a body to a user as Keycloak does: with `attributes` it is the whole profile, and what is missing is erased;
 * without, members that are missing stay.
 */
export function withBody(user: ProfileMembers, body: UserBody, realm: Realm): ProfileMembers {
  const whole = body.attributes !== undefined
  const member = (given: string | undefined, present: string | null) =>
    given === undefined ? (whole ? null : present) : given.trim() || null
  const email = member(body.email, user.email)?.toLowerCase() ?? null
  const username = realm.settings.registrationEmailAsUsername && email ? email : body.username
  return {
    username: username?.trim().toLowerCase() || user.username,
    email,
    firstName: member(body.firstName, user.firstName),
    lastName: member(body.lastName, user.lastName),
    attributes: storableAttributes(
      userProfileOf(realm),
      'admin',
      body.attributes ?? user.attributes,
    ),
  }
}

/**
 * Checks a user against the realm's profile.
 * @param before the user as it was; null for a new one
 * @throws HttpError 400 with one error, or `errors` with several
 */
export function checkProfile(realm: Realm, user: ProfileMembers, before: ProfileMembers | null) {
  const errors = profileErrors({
    profile: userProfileOf(realm),
    role: 'admin',
    values: profileValuesOf(user),
    ...(before ? { before: profileValuesOf(before) } : {}),
    usernameEditable: realm.settings.editUsernameAllowed,
  })
  if (errors.length > 0) throw new HttpError(400, bodyOf(errors))
}

function bodyOf(errors: readonly ProfileError[]): unknown {
  return errors.length === 1 ? errors[0] : { errors }
}
