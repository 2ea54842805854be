import type { Database } from '../../../database/database.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { storedKeyOf } from '../../credentials/webauthn/stored-webauthn-key.ts'
import { registrationAnswerOf } from '../../credentials/webauthn/webauthn-answer.ts'
import { registeredKey } from '../../credentials/webauthn/webauthn-ceremony.ts'
import {
  type WebauthnPolicy,
  type WebauthnType,
  webauthnPolicyOf,
} from '../../credentials/webauthn/webauthn-policy.ts'
import { WebauthnRefusal } from '../../credentials/webauthn/webauthn-refusal.ts'
import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import { userDetailsChanged } from '../../users/user-events.ts'
import type { Users } from '../../users/users.ts'
import { noteChallenge, takeChallenge } from '../steps/webauthn/webauthn-request.ts'
import type { ActionContext, ActionResult, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'webauthn-register': {
      readonly creation: WebauthnCreation
      /** Shown again after something went wrong: then there is no way to cancel on this page. */
      readonly retry: boolean
      readonly logoutSessions: boolean
    }
  }
}

/** What the page asks `navigator.credentials.create()` for. */
export interface WebauthnCreation
  extends Pick<
    WebauthnPolicy,
    | 'rpEntityName'
    | 'rpId'
    | 'algorithms'
    | 'attestation'
    | 'attachment'
    | 'residentKey'
    | 'requireResidentKey'
    | 'userVerification'
    | 'createTimeoutSeconds'
  > {
  /** Base64url. */
  readonly challenge: string
  /** Id of the user as authenticators keep it, Base64url. */
  readonly userId: UserId
  readonly username: string
  /** Ids of keys that must not be on the same authenticator, Base64url. */
  readonly excludedKeyIds: readonly string[]
}

export interface WebauthnRegisterDeps {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'changeIn'>
  readonly database: Database
}

/** Parameter of `kc_action` by which nothing happens where the user has such a key. */
const skipIfExists = 'skip_if_exists'
/** Longest name of a key. */
const labelLengthMax = 255
/** Characters of what a browser says went wrong, as events and pages show it. */
const detailLengthMax = 255

/** A key of an authenticator has to be registered: as second factor, or as passkey that stands alone. */
export function webauthnRegister(
  deps: WebauthnRegisterDeps,
  type: WebauthnType,
): RequiredActionStep {
  return {
    id: type === 'webauthn' ? 'webauthn-register' : 'webauthn-register-passwordless',
    initiable: true,
    async challenge(context) {
      const { user, parameter } = context
      const exists = async () => (await deps.credentials.webauthn.ofUser(user.id, type)).length > 0
      if (parameter === skipIfExists && (await exists())) return { kind: 'done', user }
      return await asked(deps, context, type)
    },
    async process(context) {
      if (context.form.get('isSetRetry')) return await asked(deps, context, type)
      return await answered(deps, context, type)
    },
  }
}

async function asked(
  { credentials }: WebauthnRegisterDeps,
  { realm, user, state, serverUrl, form }: ActionContext,
  type: WebauthnType,
): Promise<ActionResult> {
  const policy = webauthnPolicyOf(realm, type, serverUrl)
  const keys = policy.avoidSameAuthenticator ? await credentials.webauthn.ofUser(user.id, type) : []
  const { rpEntityName, rpId, algorithms, attestation, attachment, userVerification } = policy
  const { residentKey, requireResidentKey, createTimeoutSeconds } = policy
  const creation: WebauthnCreation = {
    challenge: noteChallenge(state, `create:${type}`),
    userId: Buffer.from(user.id, 'utf8').toString('base64url'),
    username: user.username,
    rpEntityName,
    rpId,
    algorithms,
    attestation,
    attachment,
    residentKey,
    requireResidentKey,
    userVerification,
    createTimeoutSeconds,
    excludedKeyIds: keys.flatMap((key) => storedKeyOf(key)?.keyId ?? []),
  }
  const retry = form.get('isSetRetry') !== null
  const page = { page: 'webauthn-register', creation, retry, logoutSessions: false } as const
  return { kind: 'challenge', page }
}

async function answered(
  deps: WebauthnRegisterDeps,
  context: ActionContext,
  type: WebauthnType,
): Promise<ActionResult> {
  const { realm, state, serverUrl, form } = context
  const challenge = await takeChallenge(deps.credentials, state, `create:${type}`)
  const problem = form.get('error')?.trim()
  if (problem) {
    return refused(context, type, 'webauthn-error-register-verification', problem)
  }
  try {
    const policy = webauthnPolicyOf(realm, type, serverUrl)
    const trust = deps.credentials.attestationTrust
    const key = await registeredKey(registrationAnswerOf(form), { policy, challenge, trust })
    const label = form.get('authenticatorLabel')?.trim().slice(0, labelLengthMax) ?? ''
    const changed = await stored(deps, context, type, { key, label: label === '' ? null : label })
    if (form.get('logout-sessions') === 'on') await context.endOtherSessions()
    tell(context, {
      credential_type: type,
      public_key_credential_id: key.keyId,
      public_key_credential_label: label,
      public_key_credential_aaguid: key.aaguid,
    })
    return { kind: 'done', user: changed }
  } catch (error) {
    if (!(error instanceof WebauthnRefusal)) throw error
    return refused(context, type, 'webauthn-error-registration', error.message)
  }
}

/** The key and the end of the user's duty, in one transaction. */
async function stored(
  { credentials, users, database }: WebauthnRegisterDeps,
  { realm, user }: ActionContext,
  type: WebauthnType,
  added: Parameters<Credentials['webauthn']['add']>[3],
): Promise<User> {
  const action = type === 'webauthn' ? 'webauthn-register' : 'webauthn-register-passwordless'
  return database.transaction(async (tx) => {
    await credentials.webauthn.add(tx, user, type, added)
    tx.append([userDetailsChanged(user.id)])
    if (!user.requiredActions.includes(action)) return user
    return users.changeIn(tx, realm, user.id, (present) => ({
      ...present,
      requiredActions: present.requiredActions.filter((alias) => alias !== action),
    }))
  })
}

const errors = {
  'webauthn-error-register-verification': 'invalid_user_credentials',
  'webauthn-error-registration': 'invalid_registration',
} as const

function refused(
  context: ActionContext,
  type: WebauthnType,
  message: keyof typeof errors,
  problem: string,
): ActionResult {
  const detail = problem.slice(0, detailLengthMax)
  const details = {
    credential_type: type,
    web_authn_registration_error: message,
    web_authn_registration_error_detail: detail,
  }
  tell(context, details, errors[message])
  return {
    kind: 'challenge',
    page: {
      page: 'webauthn-error',
      execution: type === 'webauthn' ? 'webauthn-register' : 'webauthn-register-passwordless',
      message: { kind: 'error', key: message, params: [detail] },
    },
  }
}

/** Keycloak records what happens to a key twice: as the action and as the credential's change. */
function tell(
  { record }: ActionContext,
  details: Readonly<Record<string, string>>,
  error?: string,
): void {
  const ending = error === undefined ? '' : '_ERROR'
  record(`CUSTOM_REQUIRED_ACTION${ending}`, details, error)
  record(`UPDATE_CREDENTIAL${ending}`, details, error)
}
