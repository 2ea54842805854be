import type { Credentials } from '../../../credentials/credentials.ts'
import {
  type AssertionAnswer,
  assertionAnswerOf,
} from '../../../credentials/webauthn/webauthn-answer.ts'
import type { WebauthnType } from '../../../credentials/webauthn/webauthn-policy.ts'
import { WebauthnRefusal } from '../../../credentials/webauthn/webauthn-refusal.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { StepContext } from '../../engine/step.ts'
import { markUsed } from '../password-check.ts'
import { policyIn, takeChallenge } from './webauthn-request.ts'

export interface AssertionDeps {
  readonly users: Pick<Users, 'byId'>
  readonly credentials: Credentials
}

/** Keys of Keycloak's sentences. */
type AssertionMessage =
  | 'webauthn-error-api-get'
  | 'webauthn-error-different-user'
  | 'webauthn-error-auth-verification'
  | 'webauthn-error-user-not-found'

export type AssertionOutcome =
  | { readonly kind: 'valid' }
  | {
      readonly kind: 'refused'
      readonly message: AssertionMessage
      /** Keycloak's error code. */
      readonly error: string
      /** Of the event. */
      readonly details: Readonly<Record<string, string>>
    }

type Refused = Extract<AssertionOutcome, { kind: 'refused' }>

/** Keycloak's error codes by what the page says. */
const errors: Readonly<Record<AssertionMessage, string>> = {
  'webauthn-error-api-get': 'not_allowed',
  'webauthn-error-different-user': 'different_user_authenticated',
  'webauthn-error-auth-verification': 'invalid_user_credentials',
  'webauthn-error-user-not-found': 'user_not_found',
}
/** Characters of what a browser says went wrong, as events keep it. */
const detailLengthMax = 255

/**
 * Checks what the page posts after asking the browser for a key: sets the user and marks the credential as used where it is
 * right. Wrong answers count as wrong guesses do.
 */
export async function checkAssertion(
  deps: AssertionDeps,
  context: StepContext,
  type: WebauthnType,
): Promise<AssertionOutcome> {
  context.addDetails({ credential_type: type })
  const challenge = await takeChallenge(deps.credentials, context.state, `get:${type}`)
  const problem = context.form.get('error')?.trim()
  if (problem) return await failed(deps, context, problem)
  const answer = readAnswer(context)
  if (answer === undefined) {
    return await failed(deps, context, 'Missing compulsory webauthn parameters')
  }
  const named = await whoseKey(deps, context)
  if ('kind' in named) return named
  return await verified(deps, context, { type, answer, challenge, user: named })
}

function readAnswer({ form }: StepContext): AssertionAnswer | undefined {
  try {
    return assertionAnswerOf(form)
  } catch (error) {
    if (error instanceof WebauthnRefusal) return undefined
    throw error
  }
}

/** The browser has no answer: counts as a guess where it is known whose. */
async function failed(
  { credentials }: AssertionDeps,
  { realm, user, ipAddress }: StepContext,
  detail: string,
): Promise<Refused> {
  if (user !== null) {
    const from = { ip: ipAddress, secondary: false }
    await credentials.failures.guess(realm, user, from, async () => false)
  }
  return refused('webauthn-error-api-get', {
    web_authn_authentication_error_detail: detail.slice(0, detailLengthMax),
  })
}

/** The user whom the key names, or whom an earlier step has found; they have to be the same. */
async function whoseKey(
  { users }: AssertionDeps,
  { realm, user, form }: StepContext,
): Promise<User | Refused> {
  const handle = form.get('userHandle')?.trim() ?? ''
  if (handle === '') return user ?? refused('webauthn-error-user-not-found')
  const id = Buffer.from(handle, 'base64url').toString('utf8').slice(0, detailLengthMax)
  if (user !== null && user.id !== id) {
    return refused('webauthn-error-different-user', {
      first_authenticated_user_id: user.id,
      web_authn_authenticated_user_id: id,
    })
  }
  const found = user ?? (userIdShape.test(id) ? await users.byId(realm.id, id) : null)
  if (found === null || found.serviceAccountClientUuid !== null) {
    return refused('webauthn-error-user-not-found', { web_authn_authenticated_user_id: id })
  }
  return found
}

/** Only what a user's id looks like is looked up. */
const userIdShape = /^[\w.:-]{1,64}$/

interface Assertion {
  readonly type: WebauthnType
  readonly answer: AssertionAnswer
  readonly challenge: string
  readonly user: User
}

async function verified(
  { credentials }: AssertionDeps,
  context: StepContext,
  { type, answer, challenge, user }: Assertion,
): Promise<AssertionOutcome> {
  const policy = policyIn(context, type)
  const from = { ip: context.ipAddress, secondary: false }
  let refusal: WebauthnRefusal | undefined
  const outcome = await credentials.failures.guess(context.realm, user, from, async () => {
    try {
      return await credentials.webauthn.verify(user, type, answer, { policy, challenge })
    } catch (error) {
      if (!(error instanceof WebauthnRefusal)) throw error
      refusal = error
      return false
    }
  })
  const keyId = { public_key_credential_id: answer.keyId.slice(0, detailLengthMax) }
  if (outcome === 'right') {
    const checked = String(policy.userVerification === 'required')
    context.setUser(user)
    context.addDetails({
      ...keyId,
      web_authn_authenticator_user_verification_checked: checked,
    })
    markUsed(context, type)
    return { kind: 'valid' }
  }
  if (outcome === 'locked') {
    return { ...refused('webauthn-error-auth-verification'), error: 'user_temporarily_disabled' }
  }
  if (refusal !== undefined) {
    return refused('webauthn-error-auth-verification', {
      web_authn_authentication_error_detail: refusal.message,
    })
  }
  return refused('webauthn-error-user-not-found', {
    ...keyId,
    web_authn_authenticated_user_id: user.id,
  })
}

function refused(
  message: AssertionMessage,
  details: Readonly<Record<string, string>> = {},
): Refused {
  return {
    kind: 'refused',
    message,
    error: errors[message],
    details: { web_authn_authentication_error: message, ...details },
  }
}
