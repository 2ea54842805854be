import type { Credential } from '../../../credentials/credential.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import { storedKeyOf } from '../../../credentials/webauthn/stored-webauthn-key.ts'
import { newChallenge } from '../../../credentials/webauthn/webauthn-ceremony.ts'
import {
  type WebauthnPolicy,
  type WebauthnType,
  webauthnPolicyOf,
} from '../../../credentials/webauthn/webauthn-policy.ts'
import type { StepContext } from '../../engine/step.ts'
import { type LoginState, loginNotes } from '../../login-state/login-state.ts'

/** What a page asks `navigator.credentials.get()` for. */
export interface WebauthnRequest {
  /** Base64url. */
  readonly challenge: string
  readonly rpId: string
  readonly userVerification: string
  /** 0 = as long as the browser likes. */
  readonly createTimeoutSeconds: number
  readonly mediation: string
  readonly attachment: string
  /** Ids of the user's keys, Base64url; null while nobody has said who they are, then every passkey will do. */
  readonly keyIds: readonly string[] | null
}

/** A key as the page lists it. */
export interface WebauthnDevice {
  readonly keyId: string
  readonly label: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null
  /** `usb`, `nfc`, `ble`, `internal`, … */
  readonly transports: readonly string[]
  /** Name of the authenticator's model. */
  readonly model?: string | undefined
}

/** What a challenge was made for: one that was made for something else is none. */
export type ChallengePurpose = `${'get' | 'create'}:${WebauthnType}`

/** Makes a challenge for this login; it takes the place of an earlier one. */
export function noteChallenge(state: LoginState, purpose: ChallengePurpose): string {
  const challenge = newChallenge()
  state.notes[loginNotes.webauthnChallenge] = `${purpose}:${challenge}`
  return challenge
}

/** Takes the challenge out of the login and uses it up. @returns it; empty where there is none for the purpose */
export async function takeChallenge(
  { webauthn }: Pick<Credentials, 'webauthn'>,
  state: LoginState,
  purpose: ChallengePurpose,
): Promise<string> {
  const note = state.notes[loginNotes.webauthnChallenge] ?? ''
  delete state.notes[loginNotes.webauthnChallenge]
  if (!note.startsWith(`${purpose}:`)) return ''
  const challenge = note.slice(purpose.length + 1)
  return (await webauthn.useUp(challenge, state.expiresAt)) ? challenge : ''
}

/** @returns what to ask the browser for, by the user's keys */
export function requestOf(
  { state, user }: Pick<StepContext, 'state' | 'user'>,
  type: WebauthnType,
  policy: WebauthnPolicy,
  keys: readonly Credential[],
): WebauthnRequest {
  return {
    challenge: noteChallenge(state, `get:${type}`),
    rpId: policy.rpId,
    userVerification: policy.userVerification,
    createTimeoutSeconds: policy.createTimeoutSeconds,
    mediation: policy.mediation,
    attachment: policy.attachment,
    keyIds: user === null ? null : keys.flatMap((key) => storedKeyOf(key)?.keyId ?? []),
  }
}

/** @returns the policy for keys of this kind at the address that the browser sees */
export function policyIn(
  { realm, serverUrl }: Pick<StepContext, 'realm' | 'serverUrl'>,
  type: WebauthnType,
): WebauthnPolicy {
  return webauthnPolicyOf(realm, type, serverUrl)
}

export function devicesOf(
  { authenticatorModels }: Pick<Credentials, 'authenticatorModels'>,
  keys: readonly Credential[],
): WebauthnDevice[] {
  return keys.flatMap((credential) => {
    const key = storedKeyOf(credential)
    if (key === undefined) return []
    const { keyId, transports, aaguid } = key
    const label = credential.userLabel || 'label missing'
    const model = authenticatorModels.byAaguid(aaguid)?.name
    return [{ keyId, label, createdAt: credential.createdAt, transports, model }]
  })
}
