import { afterAll, beforeAll } from 'vitest'
import { type AdminAnswer, type AdminRequest, AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** A realm of a running server that a test file has for itself, as its administrator sees it. */
export interface OwnRealm {
  readonly url: string
  readonly admin: AdminSession
  /** @param path below `/admin/realms/{realm}` */
  send(path: string, request?: AdminRequest): Promise<AdminAnswer>
  get<T>(path: string): Promise<T>
  /** Creates something. @returns the id at the end of its Location */
  create(path: string, body: unknown): Promise<string>
  /** Signs in by the password grant of the client `app`. @returns status and body */
  token(username: string, password: string, scope?: string): Promise<TokenAnswer>
}

interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

const app = { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true }

/** Starts a server for a test file and makes a realm in it. @param settings members of its representation */
export function ownRealm(settings: Readonly<Record<string, unknown>> = {}): OwnRealm {
  const name = 'own'
  let server: TestServer
  let admin: AdminSession
  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    const body = { realm: name, enabled: true, clients: [app], ...settings }
    const made = await admin.send('/admin/realms', { method: 'POST', body })
    if (made.status !== 201) throw new Error(`realm not made: ${JSON.stringify(made.body)}`)
    admin = await AdminSession.open(server.url)
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })
  const send = (path: string, request?: AdminRequest) =>
    admin.send(`/admin/realms/${name}${path}`, request)
  return {
    get url() {
      return server.url
    },
    get admin() {
      return admin
    },
    send,
    get: async <T>(path: string) => (await send(path)).body as T,
    create: async (path, body) => {
      const made = await send(path, { method: 'POST', body })
      if (made.status !== 201) throw new Error(`${made.status} ${JSON.stringify(made.body)}`)
      return made.headers.get('location')?.split('/').at(-1) ?? ''
    },
    token: async (username, password, scope = 'openid') => {
      const answer = await fetch(`${server.realmUrl(name)}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'password',
          client_id: app.clientId,
          username,
          password,
          scope,
        }),
      })
      const body = (await answer.json()) as Record<string, unknown>
      const part = String(body['access_token'] ?? '').split('.')[1]
      const claims = part ? JSON.parse(Buffer.from(part, 'base64url').toString()) : {}
      return { status: answer.status, body, claims }
    },
  }
}
