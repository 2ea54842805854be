import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keyProviderType } from '../../keys/key-component.ts'
import { KeyStock } from '../../keys/key-stock.ts'
import { completeRealm } from '../complete-realm.ts'
import type { CompleteRealm } from '../complete-representation.ts'
import type { RealmRepresentation } from '../representation.ts'
import { isBefore, keycloakVersion } from './keycloak-version.ts'
import { withoutLegacyMembers } from './legacy-members.ts'
import { migrationSteps } from './migration-steps.ts'

const keyStock = new KeyStock()
const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 }

/** What every version of an export holds, and little else. */
const old: RealmRepresentation = {
  realm: 'old',
  clientScopes: [
    { name: 'profile', protocol: 'openid-connect', attributes: {}, protocolMappers: [] },
  ],
  defaultDefaultClientScopes: ['profile'],
  clients: [
    { clientId: 'account' },
    { clientId: 'account-console', publicClient: true },
    { clientId: 'admin-cli', publicClient: true, fullScopeAllowed: false },
    { clientId: 'web', publicClient: true, defaultClientScopes: ['profile'] },
    { clientId: 'owner', bearerOnly: true },
    { clientId: 'saml', protocol: 'saml' },
  ],
  roles: { client: { account: [{ name: 'view-profile' }] } },
  authenticationFlows: [
    {
      alias: 'browser',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: true,
      authenticationExecutions: [
        execution('auth-username-password-form', 'REQUIRED', 10),
        execution('auth-otp-form', 'ALTERNATIVE', 20),
      ],
    },
    {
      alias: 'http challenge',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: true,
      authenticationExecutions: [execution('no-cookie-redirect', 'REQUIRED', 10)],
    },
  ],
  requiredActions: [
    action('terms_and_conditions', 'Terms', 20),
    action('VERIFY_EMAIL', 'Verify Email', 50),
    action('CONFIGURE_TOTP', 'Configure OTP', 10),
    action('UPDATE_PASSWORD', 'Update Password', 30),
  ],
  components: {
    'org.keycloak.keys.KeyProvider': [
      {
        name: 'hmac-generated',
        providerId: 'hmac-generated',
        config: { secret: ['c2VjcmV0c2VjcmV0'], kid: ['h'], algorithm: ['HS256'] },
      },
    ],
  },
}

function execution(
  authenticator: string,
  requirement: 'REQUIRED' | 'ALTERNATIVE',
  priority: number,
) {
  return { authenticator, requirement, priority, authenticatorFlow: false }
}

function action(alias: string, name: string, priority: number) {
  return {
    alias,
    name,
    providerId: alias,
    enabled: true,
    defaultAction: false,
    priority,
    config: {},
  }
}

/** Seen of the result: by the words of the step, what it is about. */
const seen: Readonly<Record<string, (realm: CompleteRealm) => unknown>> = {
  'required actions get priorities by name': (realm) =>
    realm.requiredActions?.find(({ alias }) => alias === 'TERMS_AND_CONDITIONS')?.priority,
  'client scope roles': (realm) => scopesOf(realm, 'web').includes('roles'),
  'client scope web-origins': (realm) => scopesOf(realm, 'web').includes('web-origins'),
  'client scope microprofile-jwt': (realm) =>
    clientOf(realm, 'web')?.optionalClientScopes?.includes('microprofile-jwt'),
  'alternatives beside required steps move into a sub-flow': (realm) =>
    realm.authenticationFlows?.some(({ alias }) => alias === 'browser - Alternatives - 0'),
  'client scope acr': (realm) => scopesOf(realm, 'web').includes('acr'),
  'role view-groups of account': (realm) =>
    realm.clientScopeMappings?.['account']?.some(({ roles }) => roles.includes('view-groups')),
  'no flow http challenge': (realm) =>
    !realm.authenticationFlows?.some(({ alias }) => alias === 'http challenge'),
  'unmanaged attributes stay': (realm) =>
    JSON.stringify(realm.componentList).includes('unmanagedAttributePolicy'),
  'a key for HS512': (realm) => JSON.stringify(realm.componentList).includes('"HS512"'),
  'client scope basic': (realm) =>
    scopesOf(realm, 'web').includes('basic') && !scopesOf(realm, 'owner').includes('basic'),
  'required action delete_credential': (realm) => hasAction(realm, 'delete_credential'),
  'lightweight tokens for administration': (realm) =>
    clientOf(realm, 'admin-cli')?.fullScopeAllowed,
  'client scope service_account': (realm) =>
    realm.clientScopes?.some(({ name }) => name === 'service_account'),
  'required action idp_link': (realm) => hasAction(realm, 'idp_link'),
  'client scope AuthnContextClassRef': (realm) =>
    scopesOf(realm, 'saml').includes('AuthnContextClassRef'),
  'sub-flow Organization': (realm) =>
    realm.authenticationFlows
      ?.find(({ alias }) => alias === 'browser')
      ?.authenticationExecutions?.some(({ flowAlias }) => flowAlias === 'Organization'),
  'VERIFY_EMAIL comes first': (realm) =>
    realm.requiredActions?.find(({ alias }) => alias === 'CONFIGURE_TOTP')?.priority,
}

const clientOf = (realm: CompleteRealm, clientId: string) =>
  realm.clients.find((client) => client.clientId === clientId)
const scopesOf = (realm: CompleteRealm, clientId: string) =>
  clientOf(realm, clientId)?.defaultClientScopes ?? []
const hasAction = (realm: CompleteRealm, alias: string) =>
  realm.requiredActions?.some((one) => one.alias === alias)

async function imported(version?: string): Promise<CompleteRealm> {
  const given = version === undefined ? old : { ...old, keycloakVersion: version }
  return await completeRealm(withoutLegacyMembers(structuredClone(given)), { clock, keyStock })
}

/** The last version before, as far as steps are concerned. */
function before([major, minor, micro]: readonly [number, number, number]): string {
  if (micro > 0) return `${major}.${minor}.${micro - 1}`
  return minor > 0 ? `${major}.${minor - 1}.99` : `${major - 1}.99.99`
}

describe('an export of an earlier version', () => {
  it('has a test for every step', () => {
    expect(migrationSteps.map(({ does }) => does).toSorted()).toEqual(Object.keys(seen).toSorted())
  })

  it.each(migrationSteps)('before $version: $does', async ({ version, does }) => {
    const look = seen[does]
    const migrated = look?.(await imported(before(version)))
    const left = look?.(await imported(version.join('.')))
    if (typeof migrated === 'number') expect(migrated).not.toBe(left)
    else expect([migrated, left ?? false]).toEqual([true, false])
  })

  it('of no version is of today; one that cannot be read is of the beginning', async () => {
    const today = await imported()
    for (const [does, look] of Object.entries(seen)) {
      if (typeof look(today) !== 'number')
        expect([does, look(today) ?? false]).toEqual([does, false])
    }
    expect(scopesOf(await imported('unknown'), 'web')).toContain('roles')
  })

  it('keeps the one key that its clients know', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const der = privateKey.export({ format: 'der', type: 'pkcs1' }).toString('base64')
    const { componentList } = await completeRealm(
      withoutLegacyMembers({ realm: 'old', privateKey: der }),
      { clock, keyStock },
    )
    const keys = componentList.filter(({ providerType }) => providerType === keyProviderType)
    expect(keys.map(({ providerId }) => providerId).toSorted()).toEqual([
      'aes-generated',
      'hmac-generated',
      'rsa',
      'rsa-enc',
    ])
    const signing = keys.find(({ providerId }) => providerId === 'rsa')
    expect(signing?.config).toMatchObject({ privateKey: [der], certificate: [expect.any(String)] })
  })

  it('is registered at by the policies of a new realm where it brings none', async () => {
    const components = { [keyProviderType]: [{ providerId: 'hmac-generated', config: {} }] }
    const { componentList } = await completeRealm(
      withoutLegacyMembers({ realm: 'old', components }),
      { clock, keyStock },
    )
    expect(componentList.map(({ providerId }) => providerId)).toContain('trusted-hosts')
  })

  it('keeps what a later version has already', async () => {
    const once = await imported('4.0.0')
    const scopes = scopesOf(once, 'web')
    expect(new Set(scopes).size).toBe(scopes.length)
    expect(once.requiredActions?.map(({ alias }) => alias)).toEqual([
      ...new Set(once.requiredActions?.map(({ alias }) => alias)),
    ])
  })
})

it.each([
  ['26.7.4', [26, 7, 4]],
  ['7.4.10.GA', [9, 0, 3]],
  ['7.6.0.GA', [18, 0, 0]],
  ['7.1.GA', [7, 1, 0]],
  ['25', [25, 0, 0]],
  ['nightly', [0, 0, 0]],
])('version %s is %j', (text, version) => {
  expect(keycloakVersion(text)).toEqual(version)
})

it('versions are compared number by number', () => {
  expect(isBefore([9, 0, 0], [10, 0, 0])).toBe(true)
  expect(isBefore([26, 0, 0], [26, 0, 0])).toBe(false)
  expect(isBefore([26, 1, 0], [26, 0, 5])).toBe(false)
})
