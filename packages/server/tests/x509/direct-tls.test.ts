import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { CertificateAuthority, type IssuedCertificate } from '../harness/certificate-authority.ts'
import { TestCertificates } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { HttpClient } from '../harness/http-exchange.ts'
import { authorizationUrl } from '../harness/login.ts'
import { answerOf, type SmallRealm, SmallRealms, webRedirect } from '../login/small-realm.ts'
import { newestEvent } from '../webauthn/key-realm.ts'

describe('a certificate that the browser shows in its own handshake', () => {
  const authority = new CertificateAuthority()
  const stranger = new CertificateAuthority()
  const certificates = new TestCertificates()
  let realms: SmallRealms
  let realm: SmallRealm
  let origin: string

  beforeAll(async () => {
    const { certificateFile, keyFile } = certificates.make('/CN=localhost')
    const port = await freePort()
    origin = `https://localhost:${port}`
    realms = await SmallRealms.start({
      options: [
        `--https-port=${port}`,
        `--https-certificate-file=${certificateFile}`,
        `--https-certificate-key-file=${keyFile}`,
        '--https-client-auth=request',
        '--http-management-scheme=http',
        `--https-trust-store-file=${authority.file}`,
      ],
    })
    realm = await realms.create('direct', { eventsEnabled: true })
    await realm.send('/authentication/flows', 'POST', {
      alias: 'certificate only',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
    })
    const flow = '/authentication/flows/certificate%20only/executions'
    await realm.send(`${flow}/execution`, 'POST', { provider: 'auth-x509-client-username-form' })
    await realm.send(`${flow}/execution`, 'POST', { provider: 'auth-username-password-form' })
    const all = (await realm.send(flow, 'GET')) as { id: string }[]
    for (const one of all) await realm.send(flow, 'PUT', { ...one, requirement: 'ALTERNATIVE' })
    await realm.send(`/authentication/executions/${all[0]?.id}/config`, 'POST', {
      alias: 'direct',
      config: {
        'x509-cert-auth.mapping-source-selection': 'Match SubjectDN using regular expression',
        'x509-cert-auth.regular-expression': 'CN=(.*?)(?:,|$)',
        'x509-cert-auth.mapper-selection': 'Username or Email',
        'x509-cert-auth.confirmation-page-disallowed': 'true',
      },
    })
    await realm.send('', 'PUT', { browserFlow: 'certificate only' })
  })
  afterAll(async () => {
    await realms?.[Symbol.asyncDispose]()
    await authority[Symbol.asyncDispose]()
    await stranger[Symbol.asyncDispose]()
    certificates[Symbol.dispose]()
  })

  const visit = async (
    shown: IssuedCertificate | null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Page> => {
    const pem =
      shown === null
        ? {}
        : { cert: readFileSync(shown.file, 'utf8'), key: readFileSync(shown.keyFile, 'utf8') }
    using client = new HttpClient(4, pem)
    const browser = new Browser({ transport: (request) => client.send(request), headers })
    const realmUrl = `${origin}/realms/direct`
    return await browser.get(
      authorizationUrl({ realmUrl, clientId: 'web', redirectUri: webRedirect }),
    )
  }

  it('signs in at once; without one, or with what only a proxy may say, there is the form', async () => {
    const own = authority.issue('/O=Acme/CN=anna')
    expect(answerOf(await visit(own))).toHaveProperty('code')
    expect((await newestEvent(realm, 'LOGIN')).details).toMatchObject({
      x509_cert_subject_distinguished_name: 'CN=anna, O=Acme',
    })
    expect((await visit(null)).id).toBe('login-login')
    expect((await visit(null, { 'ssl-client-cert': own.der })).id).toBe('login-login')
    expect((await visit(authority.issue('/O=Acme/CN=nobody'))).id).toBe('login-login')
  })

  it('of another authority, or one that is over, signs nobody in', async () => {
    const over = authority.issue(
      '/CN=anna',
      [],
      ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'],
    )
    for (const bad of [stranger.issue('/CN=anna'), over]) {
      const id = await visit(bad).then(
        (page) => (page.location === null ? page.id : 'signed in'),
        () => 'no handshake',
      )
      expect(['login-login', 'no handshake']).toContain(id)
    }
  })

  // RFC 9325 §4.2
  it.each([
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'spoken'],
    ['ECDHE-ECDSA-AES128-SHA256', 'refused'],
    ['ECDHE-ECDSA-AES256-SHA', 'refused'],
  ])('comes by a suite that authenticates what it encrypts: %s is %s', async (ciphers, wanted) => {
    const { port } = new URL(origin)
    const options = { ciphers, maxVersion: 'TLSv1.2', rejectUnauthorized: false } as const
    const socket = connect({ ...options, host: 'localhost', port: Number(port) })
    const answer = await Promise.race([
      once(socket, 'secureConnect').then(() => 'spoken'),
      once(socket, 'error').then(() => 'refused'),
    ]).catch(() => 'refused')
    socket.destroy()
    expect(answer).toBe(wanted)
  })
})
