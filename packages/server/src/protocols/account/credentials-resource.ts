import { type Credential, numberMember } from '../../domains/credentials/credential.ts'
import { passwordPolicyOf } from '../../domains/credentials/password/password-policy.ts'
import { storedKeyOf } from '../../domains/credentials/webauthn/stored-webauthn-key.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import { hasFeature } from '../../domains/realms/realm-features.ts'
import { HttpError } from '../../http/http-error.ts'
import type { AccountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'
import type { AccountRoute } from './account-routes.ts'
import { recoveryCodeNotes } from './recovery-code-notes.ts'

/** A kind of credential as the account console shows it. */
interface CredentialKind {
  readonly type: string
  readonly category: 'basic-authentication' | 'two-factor' | 'passwordless'
  readonly icon: string
  /** Required action that sets one up. */
  readonly createAction?: string
  /** Required action that replaces the one there is. */
  readonly updateAction?: string
  readonly removeable: boolean
  /** A step of the realm's flows that asks for it; it is offered only where one may. */
  readonly steps: readonly string[]
}

const kinds: readonly CredentialKind[] = [
  {
    type: 'password',
    category: 'basic-authentication',
    icon: 'kcAuthenticatorPasswordClass',
    createAction: 'UPDATE_PASSWORD',
    updateAction: 'UPDATE_PASSWORD',
    removeable: false,
    steps: ['auth-username-password-form', 'auth-password-form'],
  },
  {
    type: 'otp',
    category: 'two-factor',
    icon: 'kcAuthenticatorOTPClass',
    createAction: 'CONFIGURE_TOTP',
    removeable: true,
    steps: ['auth-otp-form', 'auth-conditional-otp-form'],
  },
  {
    type: 'recovery-authn-codes',
    category: 'two-factor',
    icon: 'kcAuthenticatorRecoveryAuthnCodesFormClass',
    createAction: 'CONFIGURE_RECOVERY_AUTHN_CODES',
    removeable: true,
    steps: ['auth-recovery-authn-code-form'],
  },
  {
    type: 'webauthn',
    category: 'two-factor',
    icon: 'kcAuthenticatorWebAuthnClass',
    createAction: 'webauthn-register',
    removeable: true,
    steps: ['webauthn-authenticator'],
  },
  {
    type: 'webauthn-passwordless',
    category: 'passwordless',
    icon: 'kcAuthenticatorWebAuthnPasswordlessClass',
    createAction: 'webauthn-register-passwordless',
    removeable: true,
    steps: ['webauthn-authenticator-passwordless'],
  },
]
const labelCharactersMax = 255
const unknownCredential = () => new HttpError(404, { error: 'Credential not found' })

interface ShownKind {
  readonly kind: CredentialKind
  readonly own: readonly Credential[]
  readonly withCredentials: boolean
}

/** What the caller signs in with: listing, naming, removing. */
export function credentialRoutes(deps: AccountDeps): AccountRoute[] {
  return [
    {
      method: 'GET',
      path: '/credentials',
      anyOf: ['manage-account', 'view-profile'],
      handle: async (call) => await containers(deps, call),
    },
    {
      method: 'DELETE',
      path: '/credentials/:credentialId',
      anyOf: ['manage-account'],
      handle: async (call) => await remove(deps, call),
    },
    {
      method: 'PUT',
      path: '/credentials/:credentialId/label',
      anyOf: ['manage-account'],
      handle: async (call) => {
        const { body } = call.request
        if (typeof body !== 'string' || body.length > labelCharactersMax) {
          throw new HttpError(400, { error: 'HTTP 400 Bad Request' })
        }
        const { credentialId = '' } = call.params
        if (!(await deps.credentials.relabel(call.user.id, credentialId, body))) {
          throw unknownCredential()
        }
      },
    },
  ]
}

async function containers(deps: AccountDeps, { realm, user, query }: AccountCall) {
  const all = await deps.credentials.list(user.id)
  const withCredentials = query['user-credentials'] !== 'false'
  const wanted = query['type']
  return kinds
    .filter(({ type }) => wanted === undefined || wanted === type)
    .map((kind) => ({ kind, own: all.filter(({ type }) => type === kind.type) }))
    .filter(({ kind }) => isAsked(realm, kind))
    .map(({ kind, own }) => container(deps, realm, { kind, own, withCredentials }))
    .filter(
      ({ createAction, updateAction, userCredentialMetadatas }) =>
        userCredentialMetadatas?.length !== 0 ||
        createAction !== undefined ||
        updateAction !== undefined,
    )
}

function container(deps: AccountDeps, realm: Realm, { kind, own, withCredentials }: ShownKind) {
  const { type, category, icon, createAction, updateAction, removeable } = kind
  const one = type === 'password' || type === 'recovery-authn-codes'
  const creates = createAction !== undefined && isEnabled(realm, createAction)
  const updates = updateAction !== undefined && isEnabled(realm, updateAction)
  return {
    type,
    category,
    displayName: `${type}-display-name`,
    helptext: `${type}-help-text`,
    iconCssClass: icon,
    ...(creates && !(one && own.length > 0) ? { createAction } : {}),
    ...(updates && own.length > 0 ? { updateAction } : {}),
    removeable,
    ...(withCredentials
      ? { userCredentialMetadatas: own.map((one) => metadata(deps, realm, one)) }
      : {}),
  }
}

function metadata({ credentials }: AccountDeps, realm: Realm, credential: Credential) {
  const { id, type, userLabel, createdAt, credentialData } = credential
  return {
    ...(type === 'recovery-authn-codes' ? recoveryCodeNotes(realm, credential) : {}),
    ...(type.startsWith('webauthn') ? keyNotes(credentials, credential) : {}),
    ...(type === 'recovery-authn-codes' ? codesLeft(realm, credential) : {}),
    credential: {
      id,
      type,
      ...(userLabel === null ? {} : { userLabel }),
      ...(createdAt === null ? {} : { createdDate: createdAt }),
      credentialData: JSON.stringify(credentialData),
    },
  }
}

/** The model of an authenticator, how it is reached, and its picture where the operator has one. */
function keyNotes({ authenticatorModels }: AccountDeps['credentials'], credential: Credential) {
  const { aaguid = '', transports = [] } = storedKeyOf(credential) ?? {}
  const model = authenticatorModels.byAaguid(aaguid)
  const properties = [
    ['webauthn-authenticator-provider', model?.name ?? ''],
    ['webauthn-transports', transports.join(', ')],
  ] as const
  const shown = properties.filter(([, text]) => text !== '')
  const { iconLight, iconDark } = model ?? {}
  return {
    ...(shown.length > 0
      ? { infoProperties: shown.map(([key, text]) => ({ key, parameters: [text] })) }
      : {}),
    ...(iconLight === undefined ? {} : { iconLight }),
    ...(iconDark === undefined ? {} : { iconDark }),
  }
}

/** How many codes of a list are used, with a warning when few are left (policy `recoveryCodesWarningThreshold`). */
function codesLeft(realm: Realm, { credentialData }: Credential) {
  const total = numberMember(credentialData, 'totalCodes', 0)
  const left = numberMember(credentialData, 'remainingCodes', 0)
  const few = left < passwordPolicyOf(realm).recoveryCodesWarningThreshold
  return {
    infoMessage: { key: 'recovery-codes-number-used', parameters: [`${total - left}/${total}`] },
    ...(few
      ? {
          warningMessageTitle: {
            key: 'recovery-codes-number-remaining',
            parameters: [String(left)],
          },
          warningMessageDescription: { key: 'recovery-codes-generate-new-codes', parameters: [] },
        }
      : {}),
  }
}

function isEnabled({ settings }: Pick<Realm, 'settings'>, action: string): boolean {
  return settings.requiredActions.some(
    ({ providerId, enabled }) => providerId === action && enabled,
  )
}

/** Whether a flow of the realm may ask for it: as a step, or as a passkey beside a form. */
function isAsked(realm: Realm, { type, steps }: CredentialKind): boolean {
  const asked = new Set(
    realm.settings.authenticationFlows
      .filter((flow) => !isSwitchedOff(realm, flow.alias))
      .flatMap((flow) => flow.authenticationExecutions)
      .filter(({ requirement }) => requirement !== 'DISABLED')
      .map(({ authenticator }) => authenticator ?? ''),
  )
  if (steps.some((step) => asked.has(step))) return true
  const beside = type === 'webauthn-passwordless' && offersPasskeys(realm)
  return beside && passkeyForms.some((step) => asked.has(step))
}

/** Whether a sub-flow, or one around it, is disabled where it stands. */
function isSwitchedOff({ settings }: Pick<Realm, 'settings'>, alias: string): boolean {
  const seen = new Set<string>()
  let inner = alias
  while (!seen.has(inner)) {
    seen.add(inner)
    const around = settings.authenticationFlows.find((flow) =>
      flow.authenticationExecutions.some(({ flowAlias }) => flowAlias === inner),
    )
    const place = around?.authenticationExecutions.find(({ flowAlias }) => flowAlias === inner)
    if (around === undefined || place === undefined) return false
    if (place.requirement === 'DISABLED') return true
    inner = around.alias
  }
  return false
}

/** Forms beside which passkeys are offered. */
const passkeyForms = ['auth-username-password-form', 'auth-username-form', 'auth-password-form']

function offersPasskeys(realm: Pick<Realm, 'settings' | 'switchedOff'>): boolean {
  const isWanted = realm.settings['webAuthnPolicyPasswordlessPasskeysEnabled'] === true
  return isWanted && hasFeature(realm, 'PASSKEYS')
}

async function remove(deps: AccountDeps, call: AccountCall): Promise<undefined> {
  const { realm, user, client, request, params } = call
  const { credentialId = '' } = params
  const credential = (await deps.credentials.list(user.id)).find(({ id }) => id === credentialId)
  if (!credential) throw unknownCredential()
  if (!kinds.find(({ type }) => type === credential.type)?.removeable) {
    throw new HttpError(400, { error: `Credential type ${credential.type} cannot be removed` })
  }
  await deps.credentials.remove(user.id, credentialId)
  deps.events.record({
    type: credential.type === 'otp' ? 'REMOVE_TOTP' : 'REMOVE_CREDENTIAL',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: user.id,
    ipAddress: deps.urls.clientAddress(request),
    details: { credential_type: credential.type, credential_id: credentialId },
  })
  return undefined
}
