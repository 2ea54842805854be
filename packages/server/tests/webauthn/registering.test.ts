import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { CertificateAuthority } from '../harness/certificate-authority.ts'
import {
  askedOn,
  type Distortion,
  SoftwareAuthenticator,
} from '../harness/software-authenticator.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { newestEvent } from './key-realm.ts'

interface Listed {
  readonly id: string
  readonly type: string
  readonly userLabel?: string
  readonly credentialData: string
}

describe('registering a key', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  let origin: string
  const maker = new CertificateAuthority()
  beforeAll(async () => {
    realms = await SmallRealms.start({
      options: ['--webauthn-attestation-roots=conf/makers.pem'],
      files: { 'conf/makers.pem': readFileSync(maker.file, 'utf8') },
    })
    realm = await realms.create('registering', { eventsEnabled: true })
    origin = new URL(realms.server.url).origin
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
    await maker[Symbol.asyncDispose]()
  })

  const start = async (action = 'webauthn-register'): Promise<[Browser, Page]> => {
    const browser = new Browser()
    await browser.submit(await realm.begin(browser), anna)
    return [browser, await realm.begin(browser, { kc_action: action })]
  }
  const post = (browser: Browser, page: Page, fields: Record<string, string>) =>
    browser.submit(page, fields, { form: 'register' })
  const registered = async (
    distortion: Distortion = {},
    format: 'none' | 'packed' = 'none',
    more: Record<string, string> = {},
  ): Promise<Page> => {
    const [browser, page] = await start()
    const fields = new SoftwareAuthenticator(origin).registration(askedOn(page), distortion, format)
    return post(browser, page, { ...fields, ...more })
  }
  const keys = async (type = 'webauthn'): Promise<Listed[]> => {
    const all = (await realm.send(`/users/${await realm.userId()}/credentials`, 'GET')) as Listed[]
    return all.filter((one) => one.type === type)
  }

  it('tells the application, keeps what Keycloak keeps, and records both events', async () => {
    const [browser, page] = await start()
    expect(page.id).toBe('login-webauthn-register')
    expect(askedOn(page)).toMatchObject({
      rpEntityName: 'keycloak',
      rpId: new URL(origin).hostname,
      algorithms: [-7, -257],
      attestation: 'not specified',
      username: 'anna',
      userId: Buffer.from(await realm.userId()).toString('base64url'),
      excludedKeyIds: [],
    })
    const key = new SoftwareAuthenticator(origin)
    const fields = key.registration(askedOn(page))
    expect(answerOf(await post(browser, page, fields))).toMatchObject({
      kc_action: 'webauthn-register',
      kc_action_status: 'success',
    })
    const [stored] = await keys()
    expect(stored?.userLabel).toBe('Software key')
    expect(JSON.parse(stored?.credentialData ?? '')).toEqual({
      aaguid: '00000000-0000-0000-0000-000000000000',
      credentialId: key.keyId.toString('base64'),
      counter: 0,
      credentialPublicKey: expect.stringMatching(/^[\w-]{100,110}$/),
      attestationStatementFormat: 'none',
      transports: ['usb', 'nfc'],
    })
    const details = {
      credential_type: 'webauthn',
      public_key_credential_id: key.keyId.toString('base64url'),
      public_key_credential_label: 'Software key',
      public_key_credential_aaguid: '00000000-0000-0000-0000-000000000000',
    }
    for (const type of ['CUSTOM_REQUIRED_ACTION', 'UPDATE_CREDENTIAL']) {
      expect((await newestEvent(realm, type)).details).toMatchObject(details)
    }
  })

  it('is over at once where the user has a key and the application wants no second one', async () => {
    const [, page] = await start('webauthn-register:skip_if_exists')
    expect(answerOf(page)).toMatchObject({ kc_action_status: 'success' })
  })

  it('can be cancelled when the application has asked for it', async () => {
    const [browser, page] = await start()
    const back = await browser.submit(
      page,
      {},
      {
        form: 'kc-webauthn-settings-form',
        button: 'cancel-aia',
      },
    )
    expect(answerOf(back)).toMatchObject({ kc_action_status: 'cancelled' })
  })

  const lies: readonly (readonly [string, Distortion, string])[] = [
    ['another challenge', { challenge: 'AAAA' }, 'challenge'],
    ['another origin', { origin: 'https://evil.example' }, 'origin'],
    ['another RP id', { rpId: 'evil.example' }, 'rpIdHash'],
    ['another ceremony', { type: 'webauthn.get' }, 'ClientData.type'],
  ]
  it.each(lies)('refuses %s', async (_name, distortion, detail) => {
    const before = await keys()
    const page = await registered(distortion)
    expect(page.status).toBe(200)
    expect(page.id).toBe('login-webauthn-error')
    expect(page.text).toContain('Failed to register your Passkey.')
    const { error, details } = await newestEvent(realm, 'UPDATE_CREDENTIAL_ERROR')
    expect(error).toBe('invalid_registration')
    expect(details['web_authn_registration_error']).toBe('webauthn-error-registration')
    expect(details['web_authn_registration_error_detail']).toContain(detail)
    expect(await keys()).toEqual(before)
  })

  it('answers what is cut off without failing, and lets the user try again', async () => {
    const broken = [
      { attestationObject: 'oWNmbXQ' },
      { attestationObject: '' },
      { clientDataJSON: 'e30' },
      { clientDataJSON: 'x'.repeat(70_000) },
      { error: 'NotAllowedError: no' },
    ]
    for (const fields of broken) {
      const page = await registered({}, 'none', fields)
      expect(page.describe()).toContain('login-webauthn-error')
    }
    expect((await newestEvent(realm, 'UPDATE_CREDENTIAL_ERROR')).error).toBe(
      'invalid_user_credentials',
    )
    const [browser, page] = await start()
    const refused = await post(browser, page, { error: 'no' })
    const again = await browser.submit(refused, {}, { form: 'kc-error-credential-form' })
    expect(again.id).toBe('login-webauthn-register')
    expect(askedOn(again).challenge).not.toBe(askedOn(page).challenge)
  })

  it('believes models whose makers are trusted, and no others', async () => {
    await using stranger = new CertificateAuthority()
    const ends: string[] = []
    for (const issuer of [maker, stranger]) {
      const model = issuer.issue('/C=DE/O=Acme/OU=Authenticator Attestation/CN=Model')
      const privateKeyPem = readFileSync(model.keyFile, 'utf8')
      const attester = { privateKeyPem, chain: [model.certificate.raw] }
      const [browser, page] = await start()
      const key = new SoftwareAuthenticator(origin)
      const fields = key.registration(askedOn(page), {}, 'packed', attester)
      const end = await post(browser, page, fields)
      ends.push(end.location === null ? (end.id ?? '') : (answerOf(end)['kc_action_status'] ?? ''))
    }
    expect(ends).toEqual(['success', 'login-webauthn-error'])
    const { details } = await newestEvent(realm, 'UPDATE_CREDENTIAL_ERROR')
    expect(details['web_authn_registration_error_detail']).toContain('invalid cert path')
  })

  it('takes an answer once', async () => {
    const before = (await keys()).length
    const [browser, page] = await start()
    const fields = new SoftwareAuthenticator(origin).registration(askedOn(page))
    const both = await Promise.all([post(browser, page, fields), post(browser, page, fields)])
    expect(both.every(({ status }) => status < 500)).toBe(true)
    expect(await keys()).toHaveLength(before + 1)
  })

  it('follows the policy: models, algorithms, attachment, attestation, user verification', async () => {
    const policy = async (members: Record<string, unknown>) => {
      const named = Object.entries(members).map(([name, value]) => [`webAuthnPolicy${name}`, value])
      await realm.send('', 'PUT', Object.fromEntries(named))
    }
    const why = async (...given: Parameters<typeof registered>) => {
      const page = await registered(...given)
      return page.id === 'login-webauthn-error' ? page.text : 'registered'
    }
    const zeros = '00000000-0000-0000-0000-000000000000'
    await policy({ AcceptableAaguids: [zeros] })
    expect(await why()).toContain(
      "Acceptable AAGUIDs require an attestation format other than 'none'",
    )
    expect(await why({}, 'packed')).toContain('SELF attestations is not allowed.')
    await policy({ AcceptableAaguids: [], AttestationConveyancePreference: 'direct' })
    expect(await why()).toContain("AttestationStatement format 'none'")
    expect(await why({}, 'packed')).toBe('registered')
    await policy({ AttestationConveyancePreference: 'none', SignatureAlgorithms: ['RS256'] })
    expect(await why()).toContain('alg not listed')
    await policy({ SignatureAlgorithms: ['ES256'], AuthenticatorAttachment: 'platform' })
    expect(await why()).toContain("requires 'platform' authenticator attachment")
    expect(await why({}, 'none', { authenticatorAttachment: '' })).toContain('was not provided')
    await policy({ AuthenticatorAttachment: '', UserVerificationRequirement: 'required' })
    expect(await why({ userVerified: false })).toContain('UV flag')
    await policy({
      UserVerificationRequirement: 'preferred',
      AvoidSameAuthenticatorRegister: true,
      RpEntityName: 'Anna & Co',
      CreateTimeout: 60,
      RequireResidentKey: 'Yes',
      ResidentKey: 'preferred',
    })
    const [, page] = await start()
    expect(askedOn(page)).toMatchObject({
      rpEntityName: 'Anna & Co',
      createTimeoutSeconds: 60,
      requireResidentKey: 'Yes',
      residentKey: 'preferred',
      userVerification: 'preferred',
    })
    expect(askedOn(page)['excludedKeyIds']).toHaveLength((await keys()).length)
  })
})
