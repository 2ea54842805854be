import { afterAll, describe, expect, it } from 'vitest'
import { Patterns } from '../../../patterns/patterns.ts'
import type { FlowNode } from '../engine/flow-definition.ts'
import { executionKey } from '../engine/flow-definition.ts'
import { FlowFailure } from '../engine/flow-failure.ts'
import type { Condition, Step, StepContext } from '../engine/step.ts'
import { conditionalOtpStep } from '../steps/conditional-otp/conditional-otp-step.ts'
import { clientScope } from './client-scope.ts'
import { credentialUsed } from './credential-used.ts'
import { subFlowExecuted } from './sub-flow-executed.ts'
import { userAttribute } from './user-attribute.ts'
import { userRole } from './user-role.ts'

const patterns = new Patterns({ warn: () => undefined })
afterAll(async () => {
  await patterns[Symbol.asyncDispose]()
})

const inner = {
  kind: 'flow',
  id: '11111111-1',
  alias: 'factor',
  children: [],
} as unknown as FlowNode
const middle = {
  kind: 'flow',
  id: '22222222-2',
  alias: 'm',
  children: [inner],
} as unknown as FlowNode
const flow = {
  kind: 'flow',
  id: '33333333-3',
  alias: 'top',
  children: [middle],
} as unknown as FlowNode

const ask = (condition: Condition, config: Record<string, string>, more: object = {}) =>
  condition.matches(
    {
      realm: { name: 'r' },
      execution: { config },
      client: {
        representation: { defaultClientScopes: ['profile'], optionalClientScopes: ['address'] },
      },
      request: { scope: 'openid address phone' },
      state: { notes: {}, executions: {} },
      user: { attributes: { level: ['high'] } },
      flow,
      ...more,
    } as unknown as StepContext,
    flow,
    async () => true,
  )

describe('conditional-client-scope', () => {
  it.each([
    ['profile', true],
    ['address', true],
    ['phone', false],
    ['', false],
  ])('matches %j: %s', async (scope, expected) => {
    expect(await ask(clientScope, { client_scope: scope })).toBe(expected)
    expect(await ask(clientScope, { client_scope: scope, negate: 'true' })).toBe(!expected)
  })
})

describe('conditional-sub-flow-executed', () => {
  const passed = { state: { notes: {}, executions: { [executionKey(inner)]: 'success' } } }
  it('tells whether a sub-flow, however deep, was passed', async () => {
    expect(await ask(subFlowExecuted, { flow_to_check: 'factor' })).toBe(false)
    expect(await ask(subFlowExecuted, { flow_to_check: 'factor' }, passed)).toBe(true)
    const not = { flow_to_check: 'factor', check_result: 'not-executed' }
    expect(await ask(subFlowExecuted, not)).toBe(true)
    expect(await ask(subFlowExecuted, not, passed)).toBe(false)
  })
  it('never matches for a flow that is not there', async () => {
    const missing = { flow_to_check: 'x', check_result: 'not-executed' }
    expect(await ask(subFlowExecuted, missing)).toBe(false)
  })
})

describe('conditional-credential', () => {
  const used = (types: string) => ({ state: { notes: { 'used-credentials': types } } })
  it('takes none for a credential of its own kind', async () => {
    const none = { credentials: 'none', included: 'true' }
    expect(await ask(credentialUsed, none)).toBe(true)
    expect(await ask(credentialUsed, none, used('password'))).toBe(false)
    const otp = { credentials: 'otp##webauthn', included: 'true' }
    expect(await ask(credentialUsed, otp, used('password,otp'))).toBe(true)
    expect(await ask(credentialUsed, { credentials: 'otp' }, used('password'))).toBe(true)
  })
})

describe('conditional-user-attribute', () => {
  const groups = [{ attributes: { level: ['low'] } }]
  const condition = userAttribute({
    patterns,
    users: { memberships: async () => ({ groups }) as never },
  })
  it('looks at groups only where it is told to', async () => {
    const low = { attribute_name: 'level', attribute_expected_value: 'low' }
    expect(await ask(condition, low)).toBe(false)
    expect(await ask(condition, { ...low, include_group_attributes: 'true' })).toBe(true)
    expect(await ask(condition, { ...low, not: 'true' })).toBe(true)
  })
  it('ends the login at a pattern that is none, also where it is turned round', async () => {
    const bad = { attribute_name: 'level', attribute_expected_value: '([', regex: 'true' }
    await expect(ask(condition, bad)).rejects.toBeInstanceOf(FlowFailure)
    await expect(ask(condition, { ...bad, not: 'true' })).rejects.toBeInstanceOf(FlowFailure)
  })
  it('ends the login where nobody knows whether the pattern matches, also where it is turned round', async () => {
    const slow = {
      attribute_name: 'level',
      attribute_expected_value: String.raw`(?<!z)(a+)+\1b`,
      regex: 'true',
    }
    for (const value of ['a'.repeat(64), 'a'.repeat(5000)]) {
      const user = { user: { attributes: { level: [value] } } }
      await expect(ask(condition, slow, user)).rejects.toBeInstanceOf(FlowFailure)
      await expect(ask(condition, { ...slow, not: 'true' }, user)).rejects.toThrow(FlowFailure)
    }
  })
})

describe('conditional-user-role', () => {
  const condition = userRole({
    users: { memberships: async () => ({ roles: [{ name: 'porter', clientId: null }] }) as never },
  })
  it.each([
    ['porter', true],
    ['no such role', false],
    ['', false],
  ])('takes %j: %s, and the opposite where it is turned round', async (name, expected) => {
    expect(await ask(condition, { condUserRole: name })).toBe(expected)
    expect(await ask(condition, { condUserRole: name, negate: 'true' })).toBe(!expected)
  })
})

describe('auth-conditional-otp-form', () => {
  const slow = String.raw`(?<!z)x-long: (a+)+\1b`
  const otp: Step = {
    id: 'auth-otp-form',
    requiresUser: true,
    proves: true,
    configuredFor: async () => false,
    authenticate: async () => ({ kind: 'challenge', page: { page: 'password' } }),
    action: async () => ({ kind: 'success' }),
  }
  const roles = [
    { name: 'trusted', clientId: null },
    { name: 'admin', clientId: 'app' },
  ]
  const step = conditionalOtpStep({
    otp,
    patterns,
    users: { memberships: async () => ({ roles }) as never },
  })
  it.each<[string, Record<string, string>, Record<string, string[]>, 'asks' | 'skips']>([
    ['nothing is set', {}, {}, 'asks'],
    ['the default says so', { defaultOtpOutcome: 'skip' }, {}, 'skips'],
    ['an attribute skips', { otpControlAttribute: 'otp' }, { otp: ['skip'] }, 'skips'],
    [
      'an attribute forces it before a role skips it',
      { otpControlAttribute: 'otp', skipOtpRole: 'trusted' },
      { otp: ['force'] },
      'asks',
    ],
    ['a role skips', { skipOtpRole: 'trusted' }, {}, 'skips'],
    ['a client role forces', { forceOtpRole: 'app.admin', defaultOtpOutcome: 'skip' }, {}, 'asks'],
    ['another role says nothing', { skipOtpRole: 'other' }, {}, 'asks'],
    [
      'a header skips, whatever its case',
      { noOtpRequiredForHeaderPattern: 'X-Network: (10|11)\\..*' },
      {},
      'skips',
    ],
    [
      'a header forces',
      { forceOtpForHeaderPattern: 'x-network: 10.*', defaultOtpOutcome: 'skip' },
      {},
      'asks',
    ],
    ['a pattern cannot be read', { noOtpRequiredForHeaderPattern: '([' }, {}, 'asks'],
    [
      'nobody knows whether a pattern forces it',
      { forceOtpForHeaderPattern: slow, defaultOtpOutcome: 'skip' },
      {},
      'asks',
    ],
    [
      'nobody knows whether a pattern skips it',
      { noOtpRequiredForHeaderPattern: slow },
      {},
      'asks',
    ],
  ])('when %s', async (_when, config, attributes, outcome) => {
    const user = { attributes } as never
    const context = {
      realm: { name: 'r' },
      execution: { config },
      headers: ['host: a', 'x-network: 10.0.0.1', `x-long: ${'a'.repeat(64)}`],
      user,
    } as unknown as StepContext
    const result = await step.authenticate(context)
    expect(result.kind).toBe(outcome === 'asks' ? 'challenge' : 'success')
    // Whoever is not asked needs no device; whoever is, and has none, has to set one up.
    expect(await step.configuredFor(context, user)).toBe(outcome === 'skips')
  })
})
