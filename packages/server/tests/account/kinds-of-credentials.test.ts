import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anna, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { exportedKey } from '../webauthn/key-realm.ts'

const codes = {
  type: 'recovery-authn-codes',
  userLabel: 'Recovery codes',
  secretData: JSON.stringify({ codes: [{ number: 10, encodedHashedValue: 'x' }] }),
  credentialData: JSON.stringify({
    hashIterations: 1,
    algorithm: 'RS512',
    totalCodes: 12,
    remainingCodes: 3,
  }),
}

interface Kind {
  readonly type: string
  readonly createAction?: string
  readonly userCredentialMetadatas: readonly Record<string, unknown>[]
}

describe('kinds of credentials in the account API', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  beforeAll(async () => {
    realms = await SmallRealms.start()
    realm = await realms.create(
      'kinds',
      {},
      { directAccessGrantsEnabled: true },
      {
        clientRoles: { account: ['manage-account', 'view-profile'] },
        credentials: [{ type: 'password', value: anna.password }, codes, exportedKey('webauthn')],
      },
    )
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const kinds = async (): Promise<Map<string, Kind>> => {
    const answer = await fetch(`${realm.url}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'web', ...anna }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    const listed = await fetch(`${realm.url}/account/credentials`, { headers })
    const all = (await listed.json()) as Kind[]
    return new Map(all.map((kind) => [kind.type, kind]))
  }
  const ask = async (provider: string) => {
    const path = '/authentication/flows/browser/executions'
    const all = (await realm.send(path, 'GET')) as { providerId: string }[]
    const step = all.find(({ providerId }) => providerId === provider)
    await realm.send(path, 'PUT', { ...step, requirement: 'ALTERNATIVE' })
  }

  it('are those that a flow asks for, with what is to be known of each', async () => {
    expect([...(await kinds()).keys()]).toEqual(['password', 'otp'])
    await ask('webauthn-authenticator')
    await ask('auth-recovery-authn-code-form')
    const asked = await kinds()
    expect(asked.get('webauthn')?.userCredentialMetadatas).toMatchObject([
      { infoProperties: [{ key: 'webauthn-transports', parameters: ['usb'] }] },
    ])
    expect(asked.get('recovery-authn-codes')?.userCredentialMetadatas).toMatchObject([
      {
        infoMessage: { key: 'recovery-codes-number-used', parameters: ['9/12'] },
        warningMessageTitle: { key: 'recovery-codes-number-remaining', parameters: ['3'] },
        warningMessageDescription: { key: 'recovery-codes-generate-new-codes' },
      },
    ])
    await realm.send('', 'PUT', { passwordPolicy: 'recoveryCodesWarningThreshold(3)' })
    const [list] = (await kinds()).get('recovery-authn-codes')?.userCredentialMetadatas ?? []
    expect(list).not.toHaveProperty('warningMessageTitle')
    await realm.send('', 'PUT', { webAuthnPolicyPasswordlessPasskeysEnabled: true })
    expect((await kinds()).get('webauthn-passwordless')).toMatchObject({
      createAction: 'webauthn-register-passwordless',
      userCredentialMetadatas: [],
    })
  })
})
