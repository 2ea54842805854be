import type { Client } from '../../domains/clients/client.ts'
import type { ListedSession } from '../../domains/sessions/session.ts'
import { sessionMaxAt } from '../../domains/sessions/session-lifetimes.ts'
import type { EndedSession } from '../../domains/sessions/session-verbs.ts'
import { userAgentNote } from '../../domains/sessions/user-agent-note.ts'
import type { SessionId } from '../../domains/typed-ids.ts'
import type { AccountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'
import type { AccountRoute } from './account-routes.ts'
import { type Device, deviceOf } from './user-agent.ts'

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/** `GET` and `DELETE` of `/sessions`, `/sessions/devices` and `/sessions/{id}`. */
export function sessionRoutes(deps: AccountDeps): AccountRoute[] {
  return [
    {
      method: 'GET',
      path: '/sessions',
      anyOf: ['manage-account', 'view-profile'],
      handle: async (call) => {
        const shown = await shownSessions(deps, call)
        return shown.map(({ session }) => session)
      },
    },
    {
      method: 'GET',
      path: '/sessions/devices',
      anyOf: ['manage-account', 'view-profile'],
      handle: async (call) => devices(await shownSessions(deps, call)),
    },
    {
      method: 'DELETE',
      path: '/sessions',
      anyOf: ['manage-account'],
      handle: async (call) => {
        const current = call.query['current'] === 'true'
        const listed = await listedSessions(deps, call)
        const others = listed.filter(({ session }) => current || session.id !== call.sessionId)
        for (const { session } of others) await end(deps, call, session.id)
      },
    },
    {
      method: 'DELETE',
      path: '/sessions/:sessionId',
      anyOf: ['manage-account'],
      handle: async (call) => {
        const { sessionId = '' } = call.params
        const listed = await listedSessions(deps, call)
        // One of somebody else is left alone without a word, as one that has ended.
        if (listed.some(({ session }) => session.id === sessionId)) await end(deps, call, sessionId)
      },
    },
  ]
}

async function listedSessions(deps: AccountDeps, { realm, user }: AccountCall) {
  return await deps.sessions.list(realm, { offline: false, userId: user.id })
}

async function end(deps: AccountDeps, call: AccountCall, sessionId: SessionId): Promise<void> {
  const ended: EndedSession | null = await deps.sessions.endNamed(call.realm, sessionId, false)
  if (ended) await deps.clientLogouts.tell(call.realm, call.places, ended)
}

interface ShownSession {
  readonly device: Device
  readonly session: {
    readonly id: string
    readonly lastAccess: number
    readonly current?: true
  }
}

async function shownSessions(deps: AccountDeps, call: AccountCall): Promise<ShownSession[]> {
  const listed = await listedSessions(deps, call)
  const uuids = [...new Set(listed.flatMap(({ clientUuids }) => clientUuids))]
  const clients = await deps.clients.byIds(call.realm.id, uuids)
  const byId = new Map(clients.map((client) => [client.id, client]))
  return listed.map((one) => shown(call, one, byId))
}

function shown(
  { realm, sessionId }: AccountCall,
  { session, clientUuids }: ListedSession,
  clients: ReadonlyMap<string, Client>,
): ShownSession {
  const device = deviceOf(session.notes[userAgentNote])
  return {
    device,
    session: {
      id: session.id,
      ...(session.ipAddress === null ? {} : { ipAddress: session.ipAddress }),
      started: seconds(session.startedAt),
      lastAccess: seconds(session.lastAccess),
      expires: seconds(sessionMaxAt(realm, session)),
      clients: clientUuids.flatMap((uuid) => {
        const client = clients.get(uuid)
        return client ? [clientSummary(client)] : []
      }),
      browser: device.browser,
      ...(session.id === sessionId ? { current: true as const } : {}),
    } as ShownSession['session'],
  }
}

function clientSummary({ clientId, representation }: Client) {
  return {
    clientId,
    clientName: representation.name ?? '',
    userConsentRequired: representation.consentRequired === true,
    inUse: false,
    offlineAccess: false,
  }
}

/** Sessions by the device that they were started on; the one in use first. */
function devices(sessions: readonly ShownSession[]) {
  const groups = new Map<string, ShownSession[]>()
  for (const one of sessions) {
    const { os, osVersion, device } = one.device
    const key = JSON.stringify([os, osVersion, device])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group
      const current = group.some(({ session }) => session.current === true)
      return {
        os: first?.device.os,
        osVersion: first?.device.osVersion,
        device: first?.device.device,
        lastAccess: Math.max(...group.map(({ session }) => session.lastAccess)),
        ...(current ? { current } : {}),
        sessions: group.map(({ session }) => session),
        mobile: first?.device.mobile ?? false,
      }
    })
    .toSorted((a, b) => Number(b.current ?? false) - Number(a.current ?? false))
}
