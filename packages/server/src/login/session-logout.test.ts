import { expect, it } from 'vitest'
import type { Client } from '../domains/clients/client.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { EndedSession } from '../domains/sessions/sessions.ts'
import { type LogoutProtocol, SessionLogout } from './session-logout.ts'

const realm = { id: 'r' } as Realm
const places = { frontend: 'https://login.test', admin: 'https://login.test' }
const clients: Readonly<Record<string, { protocol?: string; enabled?: boolean }>> = {
  web: {},
  shop: { protocol: 'openid-connect' },
  portal: { protocol: 'saml' },
  registry: { protocol: 'docker-v2' },
  off: { enabled: false },
}
const ended = {
  session: { id: 's' },
  clientUuids: [...Object.keys(clients), 'gone'],
} as unknown as EndedSession

function logout(found: EndedSession | null) {
  const told: string[] = []
  const protocol = (name: string): LogoutProtocol => ({
    async tellClients(_realm, _places, _ended, involved) {
      told.push(...involved.map(({ clientId }) => `${name}: ${clientId}`))
      return [{ name, logoutUrl: `https://${name}.test/` }]
    },
  })
  const sessionLogout = new SessionLogout({
    sessions: { endNamed: async () => found },
    clients: {
      byId: async (_realmId, uuid) => {
        const { protocol: named, enabled = true } = clients[uuid] ?? {}
        if (!(uuid in clients)) return null
        return { clientId: `${uuid}`, enabled, representation: { protocol: named } } as Client
      },
    },
    protocols: new Map([
      ['openid-connect', protocol('oidc')],
      ['saml', protocol('saml')],
    ]),
  })
  return { told, sessionLogout }
}

it('tells each client of a session by its own protocol, and only those that can be told', async () => {
  const { told, sessionLogout } = logout(ended)
  const frontchannel = await sessionLogout.tell(realm, places, ended)
  expect(told).toEqual(['oidc: web', 'oidc: shop', 'saml: portal'])
  expect(frontchannel.map(({ name }) => name)).toEqual(['oidc', 'saml'])
})

it('ends a session and tells its clients, and nobody of one that was not there', async () => {
  const there = logout(ended)
  expect(await there.sessionLogout.end(realm, places, 's')).toBe(ended)
  expect(there.told).toHaveLength(3)
  const gone = logout(null)
  expect(await gone.sessionLogout.end(realm, places, 's')).toBeNull()
  expect(gone.told).toEqual([])
})
