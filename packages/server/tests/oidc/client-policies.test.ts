import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

describe('client policies, while their executors are not there', () => {
  let realm: OidcRealm

  beforeAll(async () => {
    const condition = {
      condition: 'client-access-type',
      configuration: { type: ['confidential'] },
    }
    realm = await OidcRealm.start({
      clients: [
        { clientId: 'web', publicClient: true },
        {
          clientId: 'strict',
          secret: 's',
          attributes: { 'oauth2.device.authorization.grant.enabled': 'true' },
        },
      ],
      clientProfiles: {
        profiles: [{ name: 'mine', executors: [{ executor: 'pkce-enforcer', configuration: {} }] }],
      },
      clientPolicies: {
        policies: [{ name: 'p', enabled: true, conditions: [condition], profiles: ['mine'] }],
      },
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  it('let no client by that they are for', async () => {
    const refused = { error: 'unauthorized_client' }
    const secret = { client_secret: 's' }
    expect((await realm.password('strict', secret)).body).toMatchObject(refused)
    const client = { client_id: 'strict', ...secret }
    for (const path of ['auth/device', 'ext/par/request']) {
      expect((await realm.post(path, client)).body).toMatchObject(refused)
    }
    expect((await realm.authorize('strict', { prompt: 'none' })).get('error')).toBe(
      'unauthorized_client',
    )
  })

  it('leave other clients alone', async () => {
    expect((await realm.password('web')).status).toBe(200)
  })
})
