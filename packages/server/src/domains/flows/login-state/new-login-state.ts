import { randomBase64Url } from '../../../shared/random.ts'
import type { Client } from '../../clients/client.ts'
import type { Realm } from '../../realms/realm.ts'
import { type ClientRequest, flowParameter } from '../engine/client-request.ts'
import type { FlowPurpose } from '../flow-purpose.ts'
import { type LoginState, loginNotes } from './login-state.ts'

const stateIdBytes = 16
/** As Keycloak's tab ids: 11 characters. */
const tabIdBytes = 8

/** @returns the state of a login that begins. @param options `tabId` of a tab that starts over, a new one without it */
export function newLoginState(
  realm: Realm,
  client: Client,
  request: ClientRequest,
  nowMs: number,
  options: {
    readonly tabId?: string | undefined
    readonly purpose?: FlowPurpose
    readonly notes?: Readonly<Record<string, string>>
  } = {},
): LoginState {
  // Whoever starts a login over goes through the same flow.
  const flowAlias = request.parameters[flowParameter]
  return {
    id: randomBase64Url(stateIdBytes),
    tabId: options.tabId ?? randomBase64Url(tabIdBytes),
    realmId: realm.id,
    clientUuid: client.id,
    expiresAt: nowMs + loginTimeoutMs(realm),
    request,
    purpose: options.purpose ?? 'browser',
    executions: {},
    conditions: {},
    userId: null,
    attemptedUsername: null,
    sessionId: null,
    proved: false,
    authenticated: false,
    requiredActions: [],
    notes: {
      ...options.notes,
      ...(flowAlias === undefined ? {} : { [loginNotes.flowAlias]: flowAlias }),
    },
    ver: 0,
  }
}

/** How long somebody may take for a login, in milliseconds: the realm's login timeout. */
export function loginTimeoutMs({ settings }: Realm): number {
  const { accessCodeLifespanLogin, accessCodeLifespanUserAction } = settings
  const seconds = accessCodeLifespanLogin > 0 ? accessCodeLifespanLogin : 1_800
  return Math.max(seconds, accessCodeLifespanUserAction || 0) * 1000
}
