import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { claimsOf } from '../oidc/oidc-realm.ts'
import { anna, SmallRealms, webRedirect } from './small-realm.ts'

const organizationIn = (name: string) => ({
  name,
  alias: name,
  enabled: true,
  domains: [{ name: `${name}.example` }],
  members: [{ username: anna.username, membershipType: 'UNMANAGED' }],
})

describe('a member of several organizations', () => {
  let realms: SmallRealms

  beforeAll(async () => {
    realms = await SmallRealms.start()
  })
  afterAll(() => realms?.[Symbol.asyncDispose]())

  it.each([
    ['the one that was chosen', 'acme', ['acme']],
    ['none where the form names another', 'stranger', undefined],
  ])('gets a token for %s', async (_, alias, expected) => {
    const realm = await realms.create(`members-${alias}`, {
      organizationsEnabled: true,
      organizations: ['acme', 'beta', 'stranger'].map((name) =>
        name === 'stranger' ? { ...organizationIn(name), members: [] } : organizationIn(name),
      ),
    })
    const browser = new Browser()
    const name = await realm.begin(browser, { scope: 'openid organization' })
    const choice = await browser.submit(name, { username: anna.username })
    const password = await browser.submit(choice, { 'kc.org': alias })
    const done = await browser.submit(password, { password: anna.password })
    const answer = await fetch(`${realm.url}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'web',
        redirect_uri: webRedirect,
        code: done.location?.searchParams.get('code') ?? '',
      }),
    })
    expect(answer.status).toBe(200)
    const { access_token: token } = (await answer.json()) as { access_token: string }
    expect(claimsOf(token)['organization']).toEqual(expected)
  })
})
