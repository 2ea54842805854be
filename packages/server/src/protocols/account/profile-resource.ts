import { z } from 'zod'
import { ModelError } from '../../domains/realms/model-error.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import { profileDifference } from '../../domains/users/profile-difference.ts'
import { profileMetadata } from '../../domains/users/profile-metadata.ts'
import { type ProfileError, ProfileRejected } from '../../domains/users/profile-validation.ts'
import { visibleAttributes, visibleNames } from '../../domains/users/profile-visibility.ts'
import { HttpError } from '../../http/http-error.ts'
import type { AccountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'
import type { AccountRoute } from './account-routes.ts'

const text = z.string().max(2048).nullish()
const profileShape = z.object({
  id: text,
  username: text,
  email: text,
  emailVerified: z.boolean().nullish(),
  firstName: text,
  lastName: text,
  attributes: z.record(z.string().max(255), z.array(z.string().max(2048)).max(1000)).nullish(),
  userProfileMetadata: z.unknown().optional(),
})

/** `GET` and `POST /account`: the caller's own profile. `GET /account/supportedLocales`. */
export function profileRoutes(deps: AccountDeps): AccountRoute[] {
  return [
    {
      method: 'GET',
      path: '',
      anyOf: ['manage-account', 'view-profile'],
      handle: async (call) => profileOf(call),
    },
    {
      method: 'POST',
      path: '',
      anyOf: ['manage-account'],
      handle: async (call) => await update(deps, call),
    },
    {
      method: 'GET',
      path: '/supportedLocales',
      anyOf: ['manage-account', 'view-profile'],
      handle: async ({ realm }) => (realm.settings.supportedLocales ?? []).toSorted(),
    },
  ]
}

function profileOf({ realm, user, query }: AccountCall) {
  const withMetadata = query['userProfileMetadata'] !== 'false'
  return {
    id: user.id,
    ...visibleNames(realm, user, 'user'),
    emailVerified: user.emailVerified,
    attributes: visibleAttributes(realm, user, 'user'),
    ...(withMetadata ? { userProfileMetadata: profileMetadata(realm, 'user') } : {}),
  }
}

async function update(deps: AccountDeps, call: AccountCall): Promise<undefined> {
  const { realm, user, client, request } = call
  const parsed = profileShape.safeParse(request.body)
  if (!parsed.success) throw new HttpError(400, { error: 'HTTP 400 Bad Request' })
  const { username, email, firstName, lastName, attributes } = parsed.data
  const given = {
    username: username ?? (realm.settings.editUsernameAllowed ? '' : undefined),
    email: email ?? '',
    firstName: firstName ?? '',
    lastName: lastName ?? '',
    attributes: attributes ?? {},
  }
  try {
    await deps.userLifecycle.update(realm, user.id, given, { role: 'user' })
  } catch (error) {
    throw refusal(realm, error)
  }
  const changed = await deps.users.fresh(realm.id, user.id)
  deps.events.record({
    type: 'UPDATE_PROFILE',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: user.id,
    sessionId: call.sessionId ?? undefined,
    ipAddress: deps.urls.clientAddress(request),
    details: { context: 'ACCOUNT', ...profileDifference(user, changed) },
  })
  return undefined
}

/** The account API names every refused field, also where the user name or address is taken. */
function refusal(realm: Realm, error: unknown): unknown {
  if (error instanceof ProfileRejected)
    return answerOf(
      400,
      error.errors.map((one) => named(realm, one)),
    )
  if (!(error instanceof ModelError)) return error
  if (error.reason === 'duplicate' && error.message.includes('email')) {
    return answerOf(409, [
      { field: 'email', errorMessage: 'emailExistsMessage', params: ['${email}'] },
    ])
  }
  if (error.reason === 'duplicate' && error.message.includes('username')) {
    const params = ['${username}']
    return answerOf(409, [{ field: 'username', errorMessage: 'usernameExistsMessage', params }])
  }
  if (error.reason === 'invalid') {
    const params = ['${username}']
    return answerOf(400, [{ field: 'username', errorMessage: 'missingUsernameMessage', params }])
  }
  return error
}

function named(realm: Realm, error: ProfileError): ProfileError {
  const attribute = profileMetadata(realm, 'user').attributes.find(
    ({ name }) => name === error.field,
  )
  return { ...error, params: [attribute?.displayName ?? error.field, ...error.params.slice(1)] }
}

/** One error stands at the top too, as Keycloak sends it. */
function answerOf(status: number, errors: readonly ProfileError[]): HttpError {
  const [first] = errors
  return new HttpError(status, errors.length === 1 ? { ...first, errors } : { errors })
}
