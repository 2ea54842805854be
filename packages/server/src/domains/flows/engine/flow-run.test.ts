import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../clients/client.ts'
import type { AuthenticationExecution, Realm } from '../../realms/realm.ts'
import type { User } from '../../users/user.ts'
import { userConfigured } from '../conditions/user-configured.ts'
import { newLoginState } from '../login-state/new-login-state.ts'
import { CredentialTypes } from './credential-types.ts'
import { executionById, type FlowNode, flowOf } from './flow-definition.ts'
import { FlowFailure } from './flow-failure.ts'
import { type Challenge, FlowRun } from './flow-run.ts'
import { LoginContext } from './login-context.ts'
import type { Step } from './step.ts'

type Flows = Record<string, (string | [string, string])[]>

/** `'R name'`, `'A name'`, `'C name'`, `'D name'`; names of other flows are sub-flows. */
function realmWith(flows: Flows): Realm {
  const requirements = { R: 'REQUIRED', A: 'ALTERNATIVE', C: 'CONDITIONAL', D: 'DISABLED' } as const
  const authenticationFlows = Object.entries(flows).map(([alias, lines]) => ({
    id: alias,
    alias,
    providerId: 'basic-flow',
    topLevel: alias === 'top',
    builtIn: false,
    authenticationExecutions: lines.map((line, index): AuthenticationExecution => {
      const [letter = 'R', name = ''] = String(line).split(' ')
      const isFlow = name in flows
      return {
        requirement: requirements[letter as keyof typeof requirements],
        priority: index,
        authenticatorFlow: isFlow,
        ...(isFlow ? { flowAlias: name } : { authenticator: name }),
      }
    }),
  }))
  return {
    id: 'r',
    name: 'r',
    settings: {
      authenticationFlows,
      authenticatorConfig: [],
      requiredActions: [],
      accessCodeLifespanLogin: 1800,
      accessCodeLifespanUserAction: 300,
    },
  } as unknown as Realm
}

const user = { id: 'u', username: 'u' } as User
const client = { id: 'c' } as Client

/** A step that shows a page and passes when its form says `ok`; `pass` and `skip` need no form. */
function step(id: string, extra: Partial<Step> = {}): Step {
  return {
    id,
    requiresUser: false,
    proves: false,
    displayNameKey: id,
    helpTextKey: id,
    configuredFor: async () => true,
    authenticate: async () => ({ kind: 'challenge', page: { page: 'username', username: id } }),
    action: async ({ form, setUser }) => {
      if (form.get('answer') === 'ok') {
        setUser(user)
        return { kind: 'success' }
      }
      const page = { page: 'username', username: id } as const
      return { kind: 'failure', error: 'wrong', page }
    },
    ...extra,
  }
}

const steps = [
  step('form'),
  step('proof', { proves: true }),
  step('second'),
  step('pass', {
    authenticate: async ({ setUser }) => {
      setUser(user)
      return { kind: 'success' }
    },
  }),
  step('skip', { authenticate: async () => ({ kind: 'attempted' }) }),
  step('deny', {
    authenticate: async () => ({ kind: 'abort', error: 'no', message: { key: 'no' } }),
  }),
  step('away', { authenticate: async () => ({ kind: 'redirect', location: 'https://idp.test/' }) }),
  step('ticket', {
    authenticate: async () => ({
      kind: 'challenge',
      page: { page: 'password' },
      authenticate: 'Negotiate',
    }),
  }),
  step('never', { configuredFor: async () => false }),
  step('otp', {
    requiresUser: true,
    credentialType: 'otp',
    configuredFor: async () => credentials.has('otp'),
  }),
  step('key', {
    requiresUser: true,
    credentialType: 'key',
    configuredFor: async () => credentials.has('key'),
  }),
]
const credentials = new Set<string>()
let lastMethod: string | null = null

/** A login in one tab: each call is one request. */
function login(flows: Flows, has: readonly string[] = []) {
  credentials.clear()
  lastMethod = null
  for (const type of has) credentials.add(type)
  const realm = realmWith(flows)
  const flow: FlowNode = flowOf(realm, 'top')
  const state = newLoginState(realm, client, { scope: '', parameters: {} } as never, 0)
  let proof = () => false
  const request = async (submitted: string | null, form: Record<string, string>) => {
    const credentialTypes = new CredentialTypes(async () => [...credentials])
    const context = new LoginContext({
      realm,
      client,
      state,
      flow,
      form: new URLSearchParams(form),
      ipAddress: '192.0.2.1',
      headers: [],
      signedIn: null,
      rememberedUsername: null,
      credentialTypes,
      record: () => undefined,
      addDetails: () => undefined,
      certificate: () => undefined,
      serverUrl: 'http://localhost:8080',
      mailLink: () => undefined,
      user: state.userId === null ? null : user,
    })
    const run = new FlowRun({
      flow,
      state,
      steps: new Map(steps.map((one) => [one.id, one])),
      conditions: new Map([[userConfigured.id, userConfigured]]),
      credentialTypes,
      isRequiredActionEnabled: () => true,
      contextOf: (execution) => context.of(execution),
      userNow: () => context.user,
      lastMethodOf: () => lastMethod,
    })
    proof = () => run.hasProof()
    const challenge = await (submitted === null ? run.proceed() : run.submit(submitted))
    return { challenge, at: challenge === undefined ? 'passed' : challenge.execution.authenticator }
  }
  return {
    state,
    flow,
    hasProof: () => proof(),
    begin: () => request(null, {}),
    submit: (challenge: Challenge | undefined, form: Record<string, string>) =>
      request(challenge?.execution.id ?? '', form),
  }
}

function pageOf(challenge: Challenge | undefined) {
  return challenge?.shows.kind === 'page' ? challenge.shows.page : undefined
}

describe('FlowRun', () => {
  it('knows whether a step that proves somebody was passed', async () => {
    const visit = login({ top: ['R form', 'R second'] })
    await visit.submit((await visit.begin()).challenge, { answer: 'ok' })
    expect(visit.hasProof()).toBe(false)
    const proved = login({ top: ['R proof', 'R second'] })
    const { challenge } = await proved.begin()
    expect(proved.hasProof()).toBe(false)
    await proved.submit(challenge, { answer: 'ok' })
    expect(proved.hasProof()).toBe(true)
  })

  it('passes on where a step sends the browser, and goes on when it is back', async () => {
    const tab = login({ top: ['R away', 'R second'] })
    const away = await tab.begin()
    expect(away.challenge?.shows).toEqual({ kind: 'redirect', location: 'https://idp.test/' })
    expect((await tab.submit(away.challenge, { answer: 'ok' })).at).toBe('second')
  })

  it('passes on a challenge for the browser itself, beside the page for those that know none', async () => {
    const { challenge } = await login({ top: ['A ticket', 'A form'] }).begin()
    expect(challenge?.shows).toMatchObject({ kind: 'page', authenticate: 'Negotiate' })
  })

  it('asks required steps one after the other', async () => {
    const tab = login({ top: ['R form', 'R second'] })
    const first = await tab.begin()
    expect(first.at).toBe('form')
    const second = await tab.submit(first.challenge, { answer: 'ok' })
    expect(second.at).toBe('second')
    expect((await tab.submit(second.challenge, { answer: 'ok' })).at).toBe('passed')
  })

  it('asks again after a wrong answer and says what was wrong', async () => {
    const tab = login({ top: ['R form'] })
    const first = await tab.begin()
    const again = await tab.submit(first.challenge, { answer: 'no' })
    expect(again.at).toBe('form')
    expect(again.challenge?.error).toBe('wrong')
  })

  it('is content with one alternative, and takes the first that can', async () => {
    expect((await login({ top: ['A pass', 'A form'] }).begin()).at).toBe('passed')
    expect((await login({ top: ['A skip', 'A form'] }).begin()).at).toBe('form')
    expect((await login({ top: ['D pass', 'A form'] }).begin()).at).toBe('form')
  })

  it('ignores alternatives beside required steps', async () => {
    const tab = login({ top: ['A pass', 'R form'] })
    expect((await tab.begin()).at).toBe('form')
  })

  it('does not pass a flow with nothing in it, nor without a user', async () => {
    await expect(login({ top: [] }).begin()).rejects.toBeInstanceOf(FlowFailure)
    await expect(login({ top: ['A skip'] }).begin()).rejects.toBeInstanceOf(FlowFailure)
  })

  it('runs sub-flows as one alternative', async () => {
    const tab = login({ top: ['A skip', 'A forms'], forms: ['R form', 'R second'] })
    const first = await tab.begin()
    expect(first.at).toBe('form')
    const second = await tab.submit(first.challenge, { answer: 'ok' })
    expect(second.at).toBe('second')
    expect((await tab.submit(second.challenge, { answer: 'ok' })).at).toBe('passed')
  })

  const conditional: Flows = {
    top: ['A forms'],
    forms: ['R form', 'C factor'],
    factor: ['R conditional-user-configured', 'A otp', 'A key'],
  }

  it('leaves a conditional sub-flow out whose condition does not match', async () => {
    const tab = login(conditional)
    const first = await tab.begin()
    expect((await tab.submit(first.challenge, { answer: 'ok' })).at).toBe('passed')
  })

  it('asks for the second factor that the user has', async () => {
    const tab = login(conditional, ['key'])
    const first = await tab.begin()
    const second = await tab.submit(first.challenge, { answer: 'ok' })
    expect(second.at).toBe('key')
    expect(second.challenge?.tryAnotherWay).toBe(false)
    expect((await tab.submit(second.challenge, { answer: 'ok' })).at).toBe('passed')
  })

  it('does not offer what stands in a sub-flow whose condition does not match', async () => {
    const tab = login({
      top: ['A skip', 'A optional', 'A forms'],
      optional: ['C inner'],
      inner: ['R conditional-user-configured', 'A never'],
      forms: ['R form', 'R second'],
    })
    expect((await tab.begin()).at).toBe('form')
  })

  it('lets the user choose another way, in the order of the credentials', async () => {
    const tab = login(conditional, ['key', 'otp'])
    const first = await tab.begin()
    const second = await tab.submit(first.challenge, { answer: 'ok' })
    expect(second.at).toBe('key')
    expect(second.challenge?.tryAnotherWay).toBe(true)
    const choice = await tab.submit(second.challenge, { tryAnotherWay: 'on' })
    expect(pageOf(choice.challenge)).toMatchObject({
      page: 'select-authenticator',
      choices: [{ displayNameKey: 'key' }, { displayNameKey: 'otp' }],
    })
    const page = pageOf(choice.challenge)
    const otp = page?.page === 'select-authenticator' ? page.choices[1]?.executionId : undefined
    const chosen = await tab.submit(choice.challenge, { authenticationExecution: otp ?? '' })
    expect(chosen.at).toBe('otp')
    expect((await tab.submit(chosen.challenge, { answer: 'ok' })).at).toBe('passed')
  })

  it('goes on with the way that the user prefers', async () => {
    const ways = { ways: ['A one', 'A two'], one: ['R otp'], two: ['R key', 'R second'] }
    const tab = login({ top: ['R form', 'R ways'], ...ways }, ['key', 'otp'])
    let page = await tab.begin()
    for (const at of ['key', 'second', 'passed']) {
      page = await tab.submit(page.challenge, { answer: 'ok' })
      expect(page.at).toBe(at)
    }
  })
  it('refuses a choice that is not offered', async () => {
    const tab = login({ ...conditional, top: ['A forms', 'A pass'] }, ['key', 'otp'])
    const first = await tab.begin()
    const pass = tab.flow.children.find((child) => child.kind === 'execution')
    await expect(
      tab.submit((await tab.submit(first.challenge, { answer: 'ok' })).challenge, {
        authenticationExecution: pass?.id ?? '',
      }),
    ).rejects.toBeInstanceOf(FlowFailure)
  })

  it('never passes a step or condition that it does not know', async () => {
    const step = await login({ top: ['R form', 'R unheard-of'] })
    const first = await step.begin()
    await expect(step.submit(first.challenge, { answer: 'ok' })).rejects.toMatchObject({
      closed: true,
      unavailableStep: 'unheard-of',
    })
    await expect(login({ top: ['A unheard-of', 'A pass'] }).begin()).rejects.toMatchObject({
      unavailableStep: 'unheard-of',
    })
    const condition = login({ top: ['R form', 'C factor'], factor: ['R conditional-odd', 'R otp'] })
    const asked = await condition.begin()
    await expect(condition.submit(asked.challenge, { answer: 'ok' })).rejects.toMatchObject({
      unavailableStep: 'conditional-odd',
    })
  })

  it('ends the login where a step denies it, also beside alternatives', async () => {
    await expect(login({ top: ['A deny', 'A pass'] }).begin()).rejects.toMatchObject({
      error: 'no',
    })
  })

  it('begins with what the user chose last, and notes a choice', async () => {
    const flows: Flows = { top: ['R form', 'R ways'], ways: ['A otp', 'A key'] }
    const tab = login(flows, ['otp', 'key'])
    const first = await tab.submit((await tab.begin()).challenge, { answer: 'ok' })
    expect(first.at).toBe('otp')
    const key = tab.flow.children.flatMap((child) =>
      child.kind === 'flow' ? child.children.map(({ id }) => id) : [],
    )[1]
    const chosen = await tab.submit(first.challenge, { authenticationExecution: key ?? '' })
    expect(chosen.at).toBe('key')
    expect(tab.state.notes['chosen-method']).toBe('key')
    const later = login(flows, ['otp', 'key'])
    lastMethod = 'key'
    expect((await later.submit((await later.begin()).challenge, { answer: 'ok' })).at).toBe('key')
    lastMethod = 'gone'
    expect((await login(flows, ['otp']).begin()).at).toBe('form')
  })

  it('wants a missing credential of a required step to be set up only where an action can', async () => {
    const tab = login({ top: ['R form', 'R otp'] })
    const first = await tab.begin()
    await expect(tab.submit(first.challenge, { answer: 'ok' })).rejects.toMatchObject({
      error: 'credential_setup_required',
    })
  })

  it('does not fall for an execution of another flow', async () => {
    const tab = login({ top: ['R form'] })
    await tab.begin()
    await expect(tab.submit(undefined, { answer: 'ok' })).rejects.toMatchObject({
      error: 'expired_code',
    })
    expect(executionById(tab.flow, 'nothing')).toBeUndefined()
  })
})

describe('flowOf', () => {
  it('refuses flows that contain themselves or name a missing one', () => {
    expect(() => flowOf(realmWith({ top: ['R top'] }), 'top')).toThrow('contains itself')
    expect(() => flowOf(realmWith({}), 'top')).toThrow('no flow')
  })

  it('gives executions the same id every time', () => {
    const ids = () =>
      flowOf(realmWith({ top: ['R form', 'R form'] }), 'top').children.map(({ id }) => id)
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(2)
  })
})

it.each([
  ['a step that is not there', 'gone', 'ok'],
  ['a form, and gets a wrong answer', 'form', 'wrong'],
])('no flow is passed that requires %s', async (_what, name, answer) => {
  const names = fc.constantFrom('form', 'proof', 'pass', 'skip', 'never', 'otp', 'gone', 'sub')
  const line = fc.tuple(fc.constantFrom('R', 'A', 'C', 'D'), names).map((parts) => parts.join(' '))
  const some = fc.array(line, { maxLength: 5 })
  const has = fc.subarray(['otp', 'key'])
  const property = fc.asyncProperty(some, some, fc.nat(5), has, async (top, inner, at, types) => {
    const sub = inner.filter((one) => !one.endsWith('sub'))
    const tab = login({ top: top.toSpliced(at, 0, `R ${name}`), sub }, types)
    try {
      let seen = await tab.begin()
      for (let pages = 0; pages < 12; pages += 1) {
        expect(seen.challenge).toBeDefined()
        seen = await tab.submit(seen.challenge, { answer })
      }
    } catch (error) {
      if (!(error instanceof FlowFailure)) throw error
    }
  })
  await fc.assert(property, { numRuns: 1_000 })
})
