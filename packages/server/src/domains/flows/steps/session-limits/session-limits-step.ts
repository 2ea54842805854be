import type { Realm } from '../../../realms/realm.ts'
import type { ListedSession, UserSession } from '../../../sessions/session.ts'
import type { Sessions } from '../../../sessions/sessions.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'

export interface SessionLimitsDeps {
  readonly sessions: Pick<Sessions, 'list'>
  /** Ends a session and tells its clients. @param serverUrl where the browser sees this server */
  readonly endSession: (realm: Realm, serverUrl: string, session: UserSession) => Promise<void>
}

interface Limits {
  /** 0 = none. */
  readonly inRealm: number
  readonly ofClient: number
}

const endsOldest = 'Terminate oldest session'

/**
 * Bounds the sessions of a user, in the realm and of the client: one more is refused, or the oldest ones end. The session that
 * the login draws on is not counted. Logins at the same time may pass beside each other, as in Keycloak.
 */
export function sessionLimitsStep(deps: SessionLimitsDeps): Step {
  return {
    id: 'user-session-limits',
    requiresUser: false,
    proves: false,
    configuredFor: async () => true,
    authenticate: (context) => bounded(deps, context),
    action: (context) => bounded(deps, context),
  }
}

async function bounded(deps: SessionLimitsDeps, context: StepContext): Promise<StepResult> {
  const { realm, client, user, execution } = context
  const limits = limitsOf(execution.config)
  if (limits === null) return refused({ key: 'internalServerError' })
  if (user === null) return { kind: 'success' }
  const all = await deps.sessions.list(realm, { offline: false, userId: user.id })
  const others = all.filter(({ session }) => session.id !== context.state.sessionId)
  const ofClient = others.filter(({ clientUuids }) => clientUuids.includes(client.id))
  const tooMany = beyond(others, limits.inRealm) ?? beyond(ofClient, limits.ofClient)
  if (tooMany === undefined) return { kind: 'success' }
  if (execution.config['behavior'] !== endsOldest) {
    return refused({ key: execution.config['errorMessage'] || 'sessionLimitExceeded' })
  }
  for (const { session } of tooMany) await deps.endSession(realm, context.serverUrl, session)
  return { kind: 'success' }
}

/** @returns those that have to end before there can be one more, the least recently used first; undefined for none */
function beyond(listed: readonly ListedSession[], limit: number): ListedSession[] | undefined {
  const count = listed.length - (limit - 1)
  if (limit === 0 || count <= 0) return undefined
  return listed.toSorted((a, b) => a.session.lastAccess - b.session.lastAccess).slice(0, count)
}

/** @returns null where the step is not configured, or not in numbers: then nobody passes */
function limitsOf(config: Readonly<Record<string, string>>): Limits | null {
  if (Object.keys(config).length === 0) return null
  const numberIn = (name: string) => Number(config[name] || 0)
  const limits = { inRealm: numberIn('userRealmLimit'), ofClient: numberIn('userClientLimit') }
  const usable = Object.values(limits).every(Number.isInteger)
  return usable
    ? { inRealm: Math.max(0, limits.inRealm), ofClient: Math.max(0, limits.ofClient) }
    : null
}

function refused(message: { readonly key: string }): StepResult {
  return { kind: 'abort', error: 'generic_authentication_error', message, status: 403 }
}
