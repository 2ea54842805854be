import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { EndedSession } from '../sessions/sessions.ts'
import { ClientLogouts, type ClientLogoutsDeps } from './client-logouts.ts'
import type { LogoutNotice } from './logout-notice.ts'

const realm = { id: 'r', name: 'acme' } as Realm
const places = { frontend: 'https://login.test', admin: 'https://login.test' }
const ended = {
  session: { id: 'session-1', userId: 'user-1' },
  clientUuids: ['web', 'shop', 'spa'],
} as unknown as EndedSession
/** Longest that a logout may take while a client stays silent, in ms: far below what the client itself is given. */
const promptMs = 1_500

/** Two clients with a back-channel URL and one to be told by the browser. */
const clients: Readonly<Record<string, object>> = {
  web: { attributes: { 'backchannel.logout.url': 'https://web.test/bcl' } },
  shop: { attributes: { 'backchannel.logout.url': 'https://shop.test/bcl' } },
  spa: {
    frontchannelLogout: true,
    attributes: { 'frontchannel.logout.url': 'https://spa.test/f' },
  },
}

const involved = Object.entries(clients).map(
  ([clientId, representation]) =>
    ({ id: clientId, clientId, representation, enabled: true }) as Client,
)

/** An outbox that says what was done with it. */
class Outbox {
  readonly waiting = new Map<string, LogoutNotice>()
  readonly delays: number[] = []

  async write(notices: readonly LogoutNotice[]): Promise<void> {
    for (const notice of notices) this.waiting.set(notice.id, notice)
  }

  async settle({ id }: LogoutNotice): Promise<void> {
    this.waiting.delete(id)
  }

  async putOff(_notice: LogoutNotice, delayMs: number): Promise<void> {
    this.delays.push(delayMs)
  }

  /** Takes all that wait, as another node does. */
  claim(): LogoutNotice[] {
    for (const [id, notice] of this.waiting) {
      this.waiting.set(id, { ...notice, attempts: notice.attempts + 1 })
    }
    return [...this.waiting.values()]
  }
}

function logouts(
  post: ClientLogoutsDeps['post'],
  failures: string[] = [],
  notices = new Outbox(),
): ClientLogouts {
  return new ClientLogouts({
    tokens: {
      sign: async (...[, , , claims]: unknown[]) => JSON.stringify(claims),
    } as unknown as ClientLogoutsDeps['tokens'],
    clock: { now: () => 1_000_000 } as ClientLogoutsDeps['clock'],
    post,
    notices,
    realms: { byId: async () => ({ ...realm, enabled: true }) } as never,
    clients: {
      byId: async (_realm, uuid) => involved.find(({ id }) => id === uuid) ?? null,
    },
    onFailure: (clientId, reason) => failures.push(`${clientId}: ${reason}`),
    retryPausesMs: [5, 10],
  })
}

describe('telling clients of a logout', () => {
  it('sends a logout token to each back channel and names those for the browser', async () => {
    const sent: [string, string][] = []
    const clientLogouts = logouts(async (url, form) => {
      sent.push([url, form.toString()])
      return 204
    })
    const frontchannel = await clientLogouts.tellClients(realm, places, ended, involved)
    expect(sent.map(([url]) => url)).toEqual(['https://web.test/bcl', 'https://shop.test/bcl'])
    const claims = JSON.parse(new URLSearchParams(sent[0]?.[1]).get('logout_token') ?? '')
    expect(claims).toMatchObject({ aud: 'web', sub: 'user-1', sid: 'session-1', exp: 1_120 })
    expect(frontchannel).toEqual([
      {
        name: 'spa',
        logoutUrl: 'https://spa.test/f?iss=https%3A%2F%2Flogin.test%2Frealms%2Facme&sid=session-1',
      },
    ])
  })

  it('does not let the user wait for a client that stays silent, and tells the others', async () => {
    let answer: (() => void) | undefined
    const sent: string[] = []
    const clientLogouts = logouts(async (url) => {
      sent.push(url)
      if (url.includes('web')) {
        await new Promise<void>((resolve) => {
          answer = resolve
        })
      }
      return 200
    })
    const startedAt = performance.now()
    await clientLogouts.tellClients(realm, places, ended, involved)
    expect(performance.now() - startedAt).toBeLessThan(promptMs)
    expect(sent).toHaveLength(2)
    // Stopping the server waits for those still under way.
    let stopped = false
    const stopping = clientLogouts[Symbol.asyncDispose]().then(() => {
      stopped = true
    })
    await delay(10)
    expect(stopped).toBe(false)
    answer?.()
    await stopping
  })

  it('reports a client that refuses', async () => {
    const failures: string[] = []
    const refusing = logouts(async () => 400, failures)
    await refusing.tellClients(realm, places, ended, involved)
    expect(failures).toEqual(['web: status 400', 'shop: status 400'])
  })

  it('tells a client that has trouble again, a few times, and a client that refuses once', async () => {
    const failures: string[] = []
    const sent: string[] = []
    const outbox = new Outbox()
    const statuses = [new Error('no connection'), 503, 200]
    const told = logouts(
      async (url) => {
        const { host } = new URL(url)
        sent.push(host)
        if (host === 'shop.test') return 403
        const status = statuses.shift() ?? 500
        if (status instanceof Error) throw status
        return status
      },
      failures,
      outbox,
    )
    await told.tellClients(realm, places, ended, involved)
    expect([outbox.waiting.size, outbox.delays, failures]).toEqual([1, [5], ['shop: status 403']])
    // Whichever node takes it next.
    for (const notice of outbox.claim()) await told.sendAgain(notice)
    for (const notice of outbox.claim()) await told.sendAgain(notice)
    expect(sent.filter((host) => host === 'web.test')).toHaveLength(3)
    expect([outbox.waiting.size, outbox.delays, failures]).toEqual([
      0,
      [5, 10],
      ['shop: status 403'],
    ])
    const web = involved.slice(0, 1)
    await told.tellClients(realm, places, ended, web)
    for (const notice of outbox.claim()) await told.sendAgain(notice)
    for (const notice of outbox.claim()) await told.sendAgain(notice)
    expect([outbox.waiting.size, failures.at(-1)]).toEqual([0, 'web: status 500'])
  })

  it('tells nobody again of a client that is gone', async () => {
    const outbox = new Outbox()
    let attempts = 0
    const told = logouts(
      async () => {
        attempts += 1
        return 503
      },
      [],
      outbox,
    )
    await told.tellClients(realm, places, ended, involved.slice(0, 1))
    for (const notice of outbox.claim()) await told.sendAgain({ ...notice, clientUuid: 'gone' })
    expect([attempts, outbox.waiting.size]).toEqual([1, 0])
  })

  it('tells clients once where nothing can be written down', async () => {
    const failures: string[] = []
    const sent: string[] = []
    const outbox = Object.assign(new Outbox(), {
      write: async () => {
        throw new Error('no database')
      },
    })
    const told = logouts(
      async (url) => {
        sent.push(url)
        return 200
      },
      failures,
      outbox,
    )
    await told.tellClients(realm, places, ended, involved.slice(0, 1))
    expect([sent, failures]).toEqual([['https://web.test/bcl'], ['web: no database']])
  })

  it('names the user as the client knows them', async () => {
    let form = new URLSearchParams()
    const clientLogouts = logouts(async (_url, sent) => {
      form = sent
      return 200
    })
    const mapper = {
      protocolMapper: 'oidc-sha256-pairwise-sub-mapper',
      config: { sectorIdentifierUri: 'https://sector.test/', pairwiseSubAlgorithmSalt: 'salt' },
    }
    const [web] = involved as [Client]
    const pairwise = {
      ...web,
      representation: { ...web.representation, protocolMappers: [mapper] },
    } as unknown as Client
    await clientLogouts.tellClients(realm, places, ended, [pairwise])
    const { sub } = JSON.parse(form.get('logout_token') ?? '')
    expect(sub).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-3/)
  })
})
