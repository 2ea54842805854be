import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const post = async (path: string, body?: unknown) =>
  await admin.send(path, { method: 'POST', ...(body === undefined ? {} : { body }) })

it('whoami is for the console alone', async () => {
  const answer = await admin.send('/admin/master/console/whoami')
  expect(answer.status).toBe(403)
  const error = 'Token issued for an application that is not the admin console: admin-cli'
  expect(answer.body).toEqual({ error })
  const stranger = new AdminSession(server.url, null)
  expect((await stranger.send('/admin/nowhere/console/whoami')).status).toBe(404)
})

it('an invitation that is not there can be neither taken back nor sent again', async () => {
  await admin.send('/admin/realms/master', { method: 'PUT', body: { organizationsEnabled: true } })
  const body = { name: 'one', domains: [{ name: 'one.example.org' }] }
  const made = await post('/admin/realms/master/organizations', body)
  const organization = made.headers.get('location')?.split('/').at(-1)
  const invitation = `/admin/realms/master/organizations/${organization}/invitations/nope`
  expect((await admin.send(invitation, { method: 'DELETE' })).status).toBe(404)
  const again = `/admin/realms/master/organizations/${organization}/invitations/nope/resend`
  expect((await post(again)).status).toBe(404)
})

it('what is no certificate is not uploaded as one', async () => {
  const client = { clientId: 'certified' }
  const made = await post('/admin/realms/master/clients', client)
  const id = made.headers.get('location')?.split('/').at(-1)
  const path = `/admin/realms/master/clients/${id}/certificates/jwt.credential`
  const form = new FormData()
  form.set('keystoreFormat', 'Certificate PEM')
  form.set('file', new Blob(['nothing']), 'file.pem')
  const answer = await fetch(`${server.url}${path}/upload-certificate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}` },
    body: form,
  })
  expect(answer.status).toBe(400)
})

it('to take no role out of the scope of a client changes nothing', async () => {
  const clients = await admin.send('/admin/realms/master/clients?clientId=admin-cli')
  const [client] = clients.body as { id: string }[]
  const path = `/admin/realms/master/ui-ext/role-mapping-delete/clients/${client?.id}`
  expect((await post(path, [])).status).toBe(204)
})
