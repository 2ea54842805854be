import { describe, expect, it } from 'vitest'
import type { Identity } from './policy-conditions.ts'
import { PolicyEvaluation } from './policy-evaluation.ts'
import {
  emptyResourceServer,
  type Policy,
  type ProtectedResource,
  type ResourceServer,
} from './resource-server.ts'

const album: ProtectedResource = {
  id: 'album',
  name: 'album',
  type: 'urn:album',
  uris: [],
  scopeIds: ['view', 'edit'],
  ownerId: 'client',
  ownerManagedAccess: false,
  attributes: {},
}
const anna: Identity = {
  id: 'anna',
  userId: 'anna',
  clientUuid: 'web',
  roleIds: new Set(['staff']),
  heldRoleIds: new Set(['staff', 'boss']),
  groups: [{ id: 'engineers', path: '/company/engineers' }],
  clientScopeIds: new Set(['orders']),
  claims: { email: ['anna@acme.test'] },
  context: { address: ['10.0.0.1'] },
  now: new Date('2026-06-15T12:30:00'),
}
/** Stands for a pattern that takes too long. */
const slow = 'slow'
/** Patterns that were asked about. */
const asked: string[] = []
const deps = {
  verdict: async (pattern: string, text: string) => {
    asked.push(pattern)
    return pattern === slow ? undefined : new RegExp(`^(?:${pattern})$`).test(text)
  },
  groupPath: async (id: string) => (id === 'company' ? '/company' : undefined),
}

function policy(
  id: string,
  type: string,
  config: Record<string, string>,
  more: Partial<Policy> = {},
): Policy {
  const lists = { policyIds: [], resourceIds: [], scopeIds: [] }
  return {
    id,
    name: id,
    type,
    logic: 'POSITIVE',
    decisionStrategy: 'UNANIMOUS',
    config,
    ...lists,
    ...more,
  }
}

const on = (...policyIds: string[]) =>
  policy('permission', 'resource', {}, { resourceIds: ['album'], policyIds })

async function effect(policies: Policy[], settings: Partial<ResourceServer['settings']> = {}) {
  const empty = emptyResourceServer('realm', 'client')
  const server = {
    ...empty,
    settings: { ...empty.settings, ...settings },
    resources: [album],
    policies,
  }
  return await new PolicyEvaluation(server, anna, deps).of(album, [])
}

describe('a policy', () => {
  it.each([
    ['user', { users: '["anna"]' }, { users: '["bob"]' }],
    ['client', { clients: '["web"]' }, { clients: '["api"]' }],
    [
      'role',
      { roles: '[{"id":"staff","required":true}]' },
      { roles: '[{"id":"staff"},{"id":"boss","required":true}]' },
    ],
    ['client-scope', { clientScopes: '[{"id":"orders"}]' }, { clientScopes: '[{"id":"other"}]' }],
    [
      'group',
      { groups: '[{"id":"company","extendChildren":true}]' },
      { groups: '[{"id":"company"}]' },
    ],
    [
      'regex',
      { targetClaim: 'email', pattern: '.*@acme\\.test' },
      { targetClaim: 'email', pattern: 'acme' },
    ],
    [
      'regex',
      { targetClaim: 'address', pattern: '10\\..*', targetContextAttributes: 'true' },
      { targetClaim: 'address', pattern: '.*' },
    ],
    [
      'time',
      { nbf: '2026-01-01 00:00:00', noa: '2027-01-01 00:00:00', hour: '9', hourEnd: '17' },
      { hour: '13' },
    ],
    ['time', { dayMonth: '15', month: '6' }, { nbf: 'tomorrow' }],
    ['time', { minute: '30' }, { noa: '2026-06-15 12:30:00' }],
  ])('of type %s permits by %j and denies by %j', async (type, met, unmet) => {
    expect((await effect([policy('p', type, met), on('p')])).effect).toBe('PERMIT')
    expect((await effect([policy('p', type, unmet), on('p')])).effect).toBe('DENY')
    const negative = { logic: 'NEGATIVE' } as const
    expect((await effect([policy('p', type, unmet, negative), on('p')])).effect).toBe('PERMIT')
  })

  it.each(['POSITIVE', 'NEGATIVE'] as const)(
    'of which nobody knows whether it is met denies, also where its logic is %s',
    async (logic) => {
      const denies = async (...policies: Policy[]) =>
        expect((await effect([...policies, on('p')])).effect).toBe('DENY')
      await denies(policy('p', 'js', {}, { logic }))
      await denies(policy('p', 'regex', { targetClaim: 'email', pattern: slow }, { logic }))
      const back = policy('back', 'aggregate', {}, { policyIds: ['p'] })
      await denies(policy('p', 'aggregate', {}, { logic, policyIds: ['back'] }), back)
    },
  )
})

it('is asked once where policies that apply two others each lead to it by many ways', async () => {
  const levels = 18
  const name = (level: number, side: number) => (level === levels ? 'leaf' : `${level}.${side}`)
  const pairs = Array.from({ length: levels }, (_, level) =>
    [0, 1].map((side) =>
      policy(
        name(level, side),
        'aggregate',
        {},
        {
          policyIds: [name(level + 1, 0), name(level + 1, 1)],
        },
      ),
    ),
  ).flat()
  asked.length = 0
  const leaf = policy('leaf', 'regex', { targetClaim: 'email', pattern: '.*@acme\\.test' })
  const { effect: decided } = await effect([...pairs, leaf, on(name(0, 0))])
  expect([decided, asked.length]).toEqual(['PERMIT', 1])
})

describe('a permission', () => {
  const yes = policy('yes', 'user', { users: '["anna"]' })
  const no = policy('no', 'user', { users: '[]' })

  it.each([
    ['UNANIMOUS', 'DENY'],
    ['AFFIRMATIVE', 'PERMIT'],
    ['CONSENSUS', 'DENY'],
  ] as const)('decides %s over one yes and one no: %s', async (decisionStrategy, wanted) => {
    const both = { ...on('yes', 'no'), decisionStrategy }
    expect((await effect([yes, no, both])).effect).toBe(wanted)
  })

  it('permits nothing without policies, and what none is about is decided by the mode', async () => {
    expect((await effect([on()])).effect).toBe('DENY')
    expect((await effect([])).effect).toBe('DENY')
    expect((await effect([], { policyEnforcementMode: 'PERMISSIVE' })).effect).toBe('PERMIT')
    expect((await effect([on()], { policyEnforcementMode: 'DISABLED' })).effect).toBe('PERMIT')
  })

  it('for a scope takes it away from what one for the resource gives', async () => {
    const onView = policy('scoped', 'scope', {}, { scopeIds: ['view'], policyIds: ['no'] })
    const ofType = policy(
      'typed',
      'resource',
      { defaultResourceType: 'urn:album' },
      { policyIds: ['yes'] },
    )
    const result = await effect([yes, no, onView, ofType])
    expect([result.effect, result.allowedScopeIds]).toEqual(['PERMIT', ['edit']])
  })
})
