import { expect } from 'vitest'
import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { bootstrapAdmin, type ServerProcess } from '../harness/server-process.ts'

const app = { client_id: 'app', client_secret: demoSecret('app') }
const loginsAtOnce = 20

async function ask(at: ServerProcess, realm: string, path: string, form: Record<string, string>) {
  const url = `${at.realmUrl(realm)}/protocol/openid-connect/${path}`
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, string>
  return { status: answer.status, body }
}

/**
 * Has two nodes with the realm `demo` start, use, list and end sessions, each what the other has begun.
 * @throws where a node does not see what the other one did
 */
export async function useVolatileSessions(
  nodes: readonly [ServerProcess, ServerProcess],
): Promise<void> {
  const [first, second] = nodes
  const login = async (at: ServerProcess, username: string) => {
    const form = { ...app, grant_type: 'password', username, password: demoPassword(username) }
    const { status, body } = await ask(at, 'demo', 'token', { ...form, scope: 'openid' })
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }
  const refresh = (at: ServerProcess, { refresh_token = '' }: Record<string, string>) =>
    ask(at, 'demo', 'token', { ...app, grant_type: 'refresh_token', refresh_token })
  const password = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
  const { body: administrator } = await ask(second, 'master', 'token', password)
  const admin = async (path: string, method = 'GET') => {
    const headers = { authorization: `Bearer ${administrator['access_token']}` }
    const answer = await fetch(`${second.url}/admin/realms/demo${path}`, { method, headers })
    const text = await answer.text()
    return (text === '' ? answer.status : JSON.parse(text)) as unknown
  }
  const tokens = await login(first, 'person-0')
  expect((await refresh(second, tokens)).status).toBe(200)
  const begun = await Promise.all(
    Array.from({ length: loginsAtOnce }, (_, index) =>
      login(nodes[index % 2] ?? first, 'person-1'),
    ),
  )
  const [user] = (await admin('/users?exact=true&username=person-1')) as { id: string }[]
  const listed = (await admin(`/users/${user?.id}/sessions`)) as { id: string }[]
  expect(listed.map(({ id }) => id).sort()).toEqual(
    begun.map((each) => each['session_state']).sort(),
  )
  const [client] = (await admin('/clients?clientId=app')) as { id: string }[]
  const count = await admin(`/clients/${client?.id}/session-count`)
  expect(count).toEqual({ count: loginsAtOnce + 1 })
  expect(await admin(`/users/${user?.id}/logout`, 'POST')).toBe(204)
  for (const each of begun) expect((await refresh(first, each)).status).toBe(400)
  expect(await admin(`/users/${user?.id}/sessions`)).toEqual([])
  const end = { ...app, refresh_token: tokens['refresh_token'] ?? '' }
  expect((await ask(second, 'demo', 'logout', end)).status).toBe(204)
  expect((await refresh(first, tokens)).body['error']).toBe('invalid_grant')
}
