import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { eventually, nthMail } from './mail-world.ts'

let realms: SmallRealms
let mails: MailServer
let tokens: Server
const asked: string[] = []
const presented: string[] = []
let good = 'token-1'

beforeAll(async () => {
  realms = await SmallRealms.start()
  mails = await MailServer.start({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authMethods: ['XOAUTH2'],
    onAuth: ({ accessToken = '', username }, _session, done) => {
      presented.push(accessToken)
      if (accessToken === good) return done(null, { user: username })
      done(null, { data: { status: '401', schemes: 'bearer' } })
    },
  })
  tokens = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      asked.push(body)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ access_token: `token-${asked.length}`, expires_in: 3600 }))
    })
  })
  await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  tokens.close()
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

it('signs in to a mail server with a token that it fetches, and fetches another when it is refused', async () => {
  const { port } = tokens.address() as AddressInfo
  const realm: SmallRealm = await realms.create('tokens', {
    smtpServer: {
      host: '127.0.0.1',
      port: String(mails.port),
      from: 'login@acme.test',
      auth: 'true',
      authType: 'token',
      user: 'acme',
      authTokenUrl: `http://127.0.0.1:${port}/token`,
      authTokenClientId: 'mailer',
      authTokenClientSecret: 'mail-secret',
      authTokenScope: 'smtp',
      timeout: '4000',
      connectionTimeout: '4000',
      debug: 'true',
    },
  })
  const id = await realm.userId()
  const send = () => realm.send(`/users/${id}/execute-actions-email`, 'PUT', ['UPDATE_PASSWORD'])
  await send()
  expect((await nthMail(mails, 1)).user).toBe('acme')
  await send()
  await nthMail(mails, 2)
  expect(asked.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
    {
      grant_type: 'client_credentials',
      client_id: 'mailer',
      client_secret: 'mail-secret',
      scope: 'smtp',
    },
  ])
  expect(presented).toEqual(['token-1', 'token-1'])
  // What happens on the connection is in the log; the token, the secret and the link are not.
  const { log } = realms.server.server
  expect(log).toContain('SMTP: ')
  for (const secret of ['token-1', 'mail-secret', 'action-token?key=']) {
    expect(log).not.toContain(secret)
  }
  good = 'token-2'
  await send()
  await eventually(async () => {
    await realms.server.database.query('UPDATE mail SET due_at = 0 WHERE due_at IS NOT NULL')
    return mails.arrived.length === 3
  }, 'the mail with another token')
  expect(asked).toHaveLength(2)
})
