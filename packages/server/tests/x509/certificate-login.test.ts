import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { CertificateAuthority, type IssuedCertificate } from '../harness/certificate-authority.ts'
import { answerOf, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { newestEvent } from '../webauthn/key-realm.ts'

const header = 'ssl-client-cert'
const subjectPattern = {
  'x509-cert-auth.mapping-source-selection': 'Match SubjectDN using regular expression',
  'x509-cert-auth.regular-expression': 'CN=(.*?)(?:,|$)',
  'x509-cert-auth.mapper-selection': 'Username or Email',
  'x509-cert-auth.confirmation-page-disallowed': 'true',
}
const anyName = 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:anna'

describe('signing in with a certificate', () => {
  const authority = new CertificateAuthority()
  const stranger = new CertificateAuthority()
  let realms: SmallRealms
  let realm: SmallRealm
  let configId: string
  let own: IssuedCertificate

  beforeAll(async () => {
    realms = await SmallRealms.start({
      options: [
        '--spi-x509cert-lookup--provider=haproxy',
        '--spi-x509cert-lookup--haproxy--ssl-client-cert=SSL-Client-Cert',
        `--https-trust-store-file=${authority.file}`,
      ],
    })
    own = authority.issue('/O=Acme/CN=anna/emailAddress=anna@example.org', [
      'keyUsage = critical,digitalSignature',
      'extendedKeyUsage = critical,clientAuth',
      'certificatePolicies = 1.2.3.4,1.2.3.5',
      `subjectAltName = email:anna@example.org,${anyName}`,
    ])
    realm = await realms.create('certificates', { eventsEnabled: true })
    await realm.send('/authentication/flows/browser/copy', 'POST', { newName: 'with certificate' })
    const flow = '/authentication/flows/with%20certificate/executions'
    await realm.send(`${flow}/execution`, 'POST', { provider: 'auth-x509-client-username-form' })
    type Execution = { id: string; providerId?: string; displayName: string; level: number }
    const all = (await realm.send(flow, 'GET')) as Execution[]
    const added = all.find(({ providerId }) => providerId === 'auth-x509-client-username-form')
    await realm.send(flow, 'PUT', { ...added, requirement: 'ALTERNATIVE' })
    const raise = `/authentication/executions/${added?.id}/raise-priority`
    const above = all.filter(({ level }) => level === 0).length - 1
    for (let step = 0; step < above; step++) await realm.send(raise, 'POST')
    await realm.send(`/authentication/executions/${added?.id}/config`, 'POST', {
      alias: 'x509',
      config: subjectPattern,
    })
    const configured = (await realm.send(flow, 'GET')) as { authenticationConfig?: string }[]
    configId = configured.find((one) => one.authenticationConfig)?.authenticationConfig ?? ''
    await realm.send('', 'PUT', { browserFlow: 'with certificate' })
  })
  afterAll(async () => {
    await realms?.[Symbol.asyncDispose]()
    await authority[Symbol.asyncDispose]()
    await stranger[Symbol.asyncDispose]()
  })

  const configure = (change: Readonly<Record<string, string>>) =>
    realm.send(`/authentication/config/${configId}`, 'PUT', {
      id: configId,
      alias: 'x509',
      config: { ...subjectPattern, ...change },
    })
  const visit = async (certificate: IssuedCertificate | null): Promise<[Browser, Page]> => {
    const browser = new Browser({
      headers: certificate === null ? {} : { [header]: certificate.der },
    })
    return [browser, await realm.begin(browser)]
  }
  /** Whether a browser with the certificate is signed in at once. */
  const isSignedIn = async (
    certificate: IssuedCertificate | null,
    change: Readonly<Record<string, string>> = {},
  ): Promise<boolean> => {
    await configure(change)
    const [, page] = await visit(certificate)
    if (page.location === null) expect(page.id).toBe('login-login')
    return page.location?.searchParams.has('code') === true
  }

  it('takes the certificate of who is named in it, and leaves everybody else the form', async () => {
    expect(await isSignedIn(own)).toBe(true)
    expect((await newestEvent(realm, 'LOGIN')).details).toMatchObject({
      x509_cert_serial_number: String(0x8001),
      x509_cert_subject_distinguished_name: 'EMAILADDRESS=anna@example.org, CN=anna, O=Acme',
      x509_cert_issuer_distinguished_name: 'CN=Test authority, O=Acme',
    })
    expect(await isSignedIn(null)).toBe(false)
    expect(await isSignedIn(authority.issue('/O=Acme/CN=nobody'))).toBe(false)
    expect((await newestEvent(realm, 'LOGIN_ERROR')).error).toBe('user_not_found')
  })

  it('asks first where the realm wants that, and can be ignored', async () => {
    await configure({ 'x509-cert-auth.confirmation-page-disallowed': 'false' })
    const [browser, page] = await visit(own)
    expect(page.id).toBe('login-login-x509-info')
    expect(page.text).toContain('CN=anna, O=Acme')
    const ignored = await browser.submit(page, {}, { button: 'cancel' })
    expect(ignored.id).toBe('login-login')
    const [other, asked] = await visit(own)
    expect(answerOf(await other.submit(asked, {}, { button: 'login' }))).toHaveProperty('code')
    // The page was made for a certificate that is not there any more.
    const [thief, shown] = await visit(own)
    const without = new Browser({ cookies: thief.cookies })
    const refused = await without.submit(shown, {}, { button: 'login' })
    expect(refused.id).toBe('login-login')
    expect(refused.location).toBeNull()
  })

  const source = (name: string) => ({ 'x509-cert-auth.mapping-source-selection': name })
  const attribute = (name: string) => ({
    'x509-cert-auth.mapper-selection': 'Custom Attribute Mapper',
    'x509-cert-auth.mapper-selection.user-attribute-name': name,
  })

  it('reads the identity from every place that Keycloak knows', async () => {
    const userId = await realm.userId()
    const user = (await realm.send(`/users/${userId}`, 'GET')) as Record<string, unknown>
    const digest = own.certificate.fingerprint256.replaceAll(':', '').toLowerCase()
    await realm.send('', 'PUT', { attributes: {} })
    const profile = (await realm.send('/users/profile', 'GET')) as object
    await realm.send('/users/profile', 'PUT', { ...profile, unmanagedAttributePolicy: 'ENABLED' })
    await realm.send(`/users/${userId}`, 'PUT', {
      ...user,
      attributes: {
        serial: [String(0x8001)],
        serialHex: ['008001'],
        issuer: ['CN=Test authority, O=Acme'],
        digest: [digest],
        canonical: ['cn=test authority,o=acme'],
      },
    })
    const byName = ["Subject's Common Name", "Subject's e-mail"]
    for (const name of [
      ...byName,
      "Subject's Alternative Name E-mail",
      "Subject's Alternative Name otherName (UPN)",
    ]) {
      expect(await isSignedIn(own, source(name)), name).toBe(true)
    }
    const serial = source('Certificate Serial Number')
    expect(await isSignedIn(own, { ...serial, ...attribute('serial') })).toBe(true)
    const hex = { 'x509-cert-auth.serialnumber-hex-enabled': 'true' }
    expect(await isSignedIn(own, { ...serial, ...hex, ...attribute('serialHex') })).toBe(true)
    const both = {
      ...source('Certificate Serial Number and IssuerDN'),
      ...attribute('serial##issuer'),
    }
    expect(await isSignedIn(own, both)).toBe(true)
    expect(await isSignedIn(own, { ...both, ...attribute('serial##digest') })).toBe(false)
    expect(await isSignedIn(own, { ...both, ...attribute('serial') })).toBe(false)
    expect(await isSignedIn(own, { ...source('SHA-256 Thumbprint'), ...attribute('digest') })).toBe(
      true,
    )
    const issuer = {
      ...source('Match IssuerDN using regular expression'),
      'x509-cert-auth.regular-expression': '(.*)',
      'x509-cert-auth.canonical-dn-enabled': 'true',
      ...attribute('canonical'),
    }
    expect(await isSignedIn(own, issuer)).toBe(true)
    await expect(configure({ 'x509-cert-auth.regular-expression': '(' })).rejects.toThrow('400')
    for (const pattern of ['(.*)(.*)', 'CN=none(.*)', '(?<=CN=)(.*)']) {
      expect(await isSignedIn(own, { 'x509-cert-auth.regular-expression': pattern })).toBe(false)
    }
    await expect(configure(source('No such source'))).rejects.toThrow('400')
  })

  it('wants key usages, policies, times and an authority of its own where the realm does', async () => {
    const wants = (name: string, value: string) => ({ [`x509-cert-auth.${name}`]: value })
    expect(await isSignedIn(own, wants('keyusage', 'digitalSignature'))).toBe(true)
    expect(await isSignedIn(own, wants('keyusage', 'keyAgreement'))).toBe(false)
    expect(await isSignedIn(own, wants('extendedkeyusage', '1.3.6.1.5.5.7.3.2'))).toBe(true)
    expect(await isSignedIn(own, wants('extendedkeyusage', '1.3.6.1.5.5.7.3.4'))).toBe(false)
    const policy = wants('certificate-policy', '1.2.3.4,1.2.3.9')
    expect(await isSignedIn(own, policy)).toBe(false)
    expect(await isSignedIn(own, { ...policy, ...wants('certificate-policy-mode', 'Any') })).toBe(
      true,
    )
    const old = authority.issue(
      '/CN=anna',
      [],
      ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'],
    )
    expect(await isSignedIn(old)).toBe(false)
    expect(await isSignedIn(old, wants('timestamp-validation-enabled', 'false'))).toBe(true)
    const foreign = stranger.issue('/CN=anna')
    expect(await isSignedIn(foreign)).toBe(true)
    expect(await isSignedIn(foreign, wants('revalidate-certificate-enabled', 'true'))).toBe(false)
    expect(await isSignedIn(own, wants('revalidate-certificate-enabled', 'true'))).toBe(true)
  })

  it('refuses whoever is locked or disabled', async () => {
    const path = `/users/${await realm.userId()}`
    await realm.send(path, 'PUT', { enabled: false })
    expect(await isSignedIn(own)).toBe(false)
    expect((await newestEvent(realm, 'LOGIN_ERROR')).error).toBe('user_disabled')
    await realm.send(path, 'PUT', { enabled: true })
    expect(await isSignedIn(own)).toBe(true)
  })

  describe('that may be revoked', () => {
    let lists: Server
    let listUrl: string
    let list = ''
    let asked = 0
    let listed: IssuedCertificate
    let revoked: IssuedCertificate
    beforeAll(async () => {
      lists = createServer((_request, response) => {
        asked += 1
        response.writeHead(list === '' ? 404 : 200).end(list)
      })
      await new Promise<void>((done) => lists.listen(0, '127.0.0.1', done))
      const address = lists.address()
      const port = typeof address === 'object' ? address?.port : 0
      listUrl = `http://127.0.0.1:${port}/list.crl`
      listed = authority.issue('/CN=anna', [`crlDistributionPoints = URI:${listUrl}`])
      revoked = authority.issue('/CN=anna', [`crlDistributionPoints = URI:${listUrl}`])
      authority.revoke(revoked)
    })
    afterAll(() => {
      lists.close()
    })
    const byList = (more: Readonly<Record<string, string>>) => ({
      'x509-cert-auth.crl-checking-enabled': 'true',
      ...more,
    })
    const at = (place: string) => byList({ 'x509-cert-auth.crl-relative-path': place })
    const fromCertificate = byList({ 'x509-cert-auth.crldp-checking-enabled': 'true' })

    it('is looked up in the lists, which are kept', async () => {
      expect(await isSignedIn(listed, at(listUrl))).toBe(false)
      list = authority.list()
      expect(await isSignedIn(listed, at(`${listUrl}?1`))).toBe(true)
      expect(await isSignedIn(revoked, at(`${listUrl}?1`))).toBe(false)
      const before = asked
      expect(await isSignedIn(listed, at(`${listUrl}?1`))).toBe(true)
      expect(asked).toBe(before)
      expect(await isSignedIn(listed, at(`${listUrl}?2`))).toBe(true)
      expect(await isSignedIn(own, fromCertificate)).toBe(false)
      const again = authority.issue('/CN=anna', [`crlDistributionPoints = URI:${listUrl}?3`])
      expect(await isSignedIn(again, fromCertificate)).toBe(true)
    })

    it('is not believed to be good by lists that are outdated, forged or elsewhere', async () => {
      list = authority.list([
        '-crl_lastupdate',
        '20200101000000Z',
        '-crl_nextupdate',
        '20200102000000Z',
      ])
      expect(await isSignedIn(listed, at(`${listUrl}?old`))).toBe(false)
      const lenient = { 'x509-cert-auth-crl-abort-if-non-updated': 'false' }
      expect(await isSignedIn(listed, { ...at(`${listUrl}?old`), ...lenient })).toBe(true)
      list = stranger.list()
      expect(await isSignedIn(listed, at(`${listUrl}?foreign`))).toBe(false)
      list = 'no list'
      expect(await isSignedIn(listed, at(`${listUrl}?text`))).toBe(false)
      for (const place of ['../../etc/passwd', '/etc/passwd', 'none.pem', '']) {
        expect(await isSignedIn(listed, at(place))).toBe(false)
      }
    })

    it('is asked about where the realm says so, failing closed or open', async () => {
      const responder = await authority.respond()
      const byResponder = {
        'x509-cert-auth.ocsp-checking-enabled': 'true',
        'x509-cert-auth.ocsp-responder-uri': responder,
      }
      expect(await isSignedIn(listed, byResponder)).toBe(true)
      expect(await isSignedIn(revoked, byResponder)).toBe(false)
      const named = authority.issue('/CN=anna', [`authorityInfoAccess = OCSP;URI:${responder}`])
      const fromName = { ...byResponder, 'x509-cert-auth.ocsp-responder-uri': '' }
      // The responder reads its index when it starts.
      const unknown = { ...fromName, 'x509-cert-auth.ocsp-fail-open': 'true' }
      expect(await isSignedIn(named, fromName)).toBe(false)
      expect(await isSignedIn(named, unknown)).toBe(true)
      await authority.silence()
      expect(await isSignedIn(listed, byResponder)).toBe(false)
      const open = { ...byResponder, 'x509-cert-auth.ocsp-fail-open': 'true' }
      expect(await isSignedIn(listed, open)).toBe(true)
    })
  })

  it('is not looked up in an LDAP directory, which is said at once', async () => {
    const place = 'list.pem##LDAP://directory.acme.test/cn=list?certificateRevocationList'
    const answer = await realms.admin.send(
      `/admin/realms/${realm.name}/authentication/config/${configId}`,
      {
        method: 'PUT',
        body: {
          id: configId,
          alias: 'x509',
          config: { ...subjectPattern, 'x509-cert-auth.crl-relative-path': place },
        },
      },
    )
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      400,
      expect.stringMatching(/LDAP:.* is LDAP; name an http or https address/),
    ])
    const checked = {
      'x509-cert-auth.crl-checking-enabled': 'true',
      'x509-cert-auth.crldp-checking-enabled': 'true',
    }
    const listed = authority.issue('/CN=anna', [
      'crlDistributionPoints = URI:ldap://directory.acme.test/cn=list',
    ])
    expect(await isSignedIn(listed, checked)).toBe(false)
    expect((await newestEvent(realm, 'LOGIN_ERROR')).details).toMatchObject({
      reason: expect.stringContaining('LDAP is not asked for revocation lists'),
    })
  })

  it('signs in by the password grant too, and says why not', async () => {
    await realm.send('/authentication/flows', 'POST', {
      alias: 'certificate grant',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
    })
    const flow = '/authentication/flows/certificate%20grant/executions'
    await realm.send(`${flow}/execution`, 'POST', { provider: 'direct-grant-auth-x509-username' })
    const [added] = (await realm.send(flow, 'GET')) as { id: string }[]
    await realm.send(flow, 'PUT', { ...added, requirement: 'REQUIRED' })
    await realm.send('', 'PUT', { directGrantFlow: 'certificate grant' })
    await realm.changeClient('web', { directAccessGrantsEnabled: true })
    const grant = async (certificate: IssuedCertificate | null) => {
      const answer = await fetch(`${realm.url}/protocol/openid-connect/token`, {
        method: 'POST',
        headers: certificate === null ? {} : { [header]: certificate.der },
        body: new URLSearchParams({ grant_type: 'password', client_id: 'web' }),
      })
      return [answer.status, await answer.json()] as const
    }
    expect(await grant(own)).toEqual([
      401,
      { error: 'invalid_request', error_description: 'Configuration is missing.' },
    ])
    await realm.send(`/authentication/executions/${added?.id}/config`, 'POST', {
      alias: 'grant x509',
      config: { ...subjectPattern, 'x509-cert-auth.keyusage': 'digitalSignature' },
    })
    expect((await grant(own))[1]).toHaveProperty('access_token')
    expect(await grant(null)).toEqual([
      401,
      { error: 'invalid_request', error_description: 'X509 client certificate is missing.' },
    ])
    expect(await grant(authority.issue('/CN=anna', ['keyUsage = critical,keyAgreement']))).toEqual([
      401,
      {
        error: 'invalid_request',
        error_description: "Key Usage bit 'digitalSignature' is not set.",
      },
    ])
    const nobody = authority.issue('/CN=nobody', ['keyUsage = critical,digitalSignature'])
    expect(await grant(nobody)).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Invalid user credentials' },
    ])
  })
})
