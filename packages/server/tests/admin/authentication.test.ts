import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { type AdminAnswer, AdminSession } from './administrator.ts'

interface Execution {
  readonly id: string
  readonly displayName: string
  readonly requirement: string
  readonly requirementChoices: readonly string[]
  readonly level: number
  readonly priority: number
  readonly alias?: string
  readonly flowId?: string
}

const below = '/admin/realms/flows/authentication'
let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const body = { realm: 'flows', enabled: true, adminEventsEnabled: true }
  await admin.send('/admin/realms', { method: 'POST', body })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function send(
  method: string,
  path: string,
  status: number,
  body?: unknown,
): Promise<AdminAnswer> {
  const answer = await admin.send(`${below}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  })
  const shown = `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`
  expect(answer.status, shown).toBe(status)
  return answer
}

const idOf = ({ headers }: AdminAnswer) => headers.get('location')?.split('/').at(-1) ?? ''
const read = async <T>(path: string) => (await send('GET', path, 200)).body as T
const executions = async (alias: string) =>
  await read<Execution[]>(`/flows/${encodeURIComponent(alias)}/executions`)
const outline = async (alias: string) =>
  (await executions(alias)).map(
    ({ displayName, requirement, level, priority }) =>
      `${'  '.repeat(level)}${priority} ${displayName} ${requirement}`,
  )

async function flow(alias: string, providerId = 'basic-flow'): Promise<string> {
  const body = { alias, providerId, topLevel: true, builtIn: false }
  return idOf(await send('POST', '/flows', 201, body))
}

describe('a flow of its own', () => {
  it('is made of executions and flows, in an order that can be changed', async () => {
    await flow('own')
    for (const provider of ['auth-cookie', 'auth-username-password-form', 'auth-otp-form']) {
      await send('POST', '/flows/own/executions/execution', 201, { provider })
    }
    await send('POST', '/flows/own/executions/execution', 201, {
      provider: 'auth-cookie',
      priority: 5,
    })
    await send('POST', '/flows/own/executions/flow', 201, { alias: 'sub', type: 'basic-flow' })
    const form = { alias: 'form', type: 'form-flow', provider: 'registration-page-form' }
    await send('POST', '/flows/own/executions/flow', 201, form)
    const action = { provider: 'registration-user-creation' }
    await send('POST', '/flows/form/executions/execution', 201, action)
    expect(await outline('own')).toEqual([
      '0 Cookie DISABLED',
      '1 Username Password Form REQUIRED',
      '2 OTP Form DISABLED',
      '5 Cookie DISABLED',
      '6 sub DISABLED',
      '7 form DISABLED',
      '  0 Registration User Profile Creation DISABLED',
    ])
    const [cookie, password] = await executions('own')
    await send('POST', `/executions/${password?.id}/raise-priority`, 204)
    await send('POST', `/executions/${cookie?.id}/lower-priority`, 204)
    expect((await outline('own')).slice(0, 4)).toEqual([
      '0 Username Password Form REQUIRED',
      '1 OTP Form DISABLED',
      '2 Cookie DISABLED',
      '5 Cookie DISABLED',
    ])
    await send('POST', `/executions/${password?.id}/raise-priority`, 204)
    expect((await outline('own'))[0]).toBe('0 Username Password Form REQUIRED')
  })

  it('takes what belongs into it and nothing else', async () => {
    const unknown = (id: string | null) => ({
      error: `No authentication provider found for id: ${id}`,
    })
    const add = async (alias: string, provider?: string) =>
      (
        await send(
          'POST',
          `/flows/${alias}/executions/execution`,
          400,
          provider ? { provider } : {},
        )
      ).body
    expect(await add('form', 'auth-cookie')).toEqual(unknown('auth-cookie'))
    expect(await add('sub', 'registration-user-creation')).toEqual(
      unknown('registration-user-creation'),
    )
    expect(await add('sub')).toEqual(unknown(null))
    expect(await add('nope', 'auth-cookie')).toEqual({ error: "Parent flow doesn't exist" })
    await send('POST', '/flows/own/executions/flow', 409, { alias: 'browser', type: 'basic-flow' })
    await send('POST', '/flows', 400, { alias: 'a/b', providerId: 'basic-flow' })
  })

  it('is copied with the flows in it and their configurations', async () => {
    const [first] = await executions('own')
    const config = { alias: 'settings', config: { a: 'b' } }
    await send('POST', `/executions/${first?.id}/config`, 201, config)
    await send('POST', '/flows/own/copy', 201, { newName: 'copy' })
    const names = (await outline('copy')).map((line) => line.trim().split(' ').slice(1).join(' '))
    expect(names).toContain('copy sub DISABLED')
    expect(names).toContain('copy form DISABLED')
    const [copied] = await executions('copy')
    expect(copied?.alias).toBe('copy settings')
    await send('DELETE', `/executions/${copied?.id}`, 204)
    expect((await executions('own'))[0]?.alias).toBe('settings')
  })

  it('keeps its place under a new name, and cannot go while it is bound', async () => {
    const id = await flow('bound')
    await admin.send('/admin/realms/flows', { method: 'PUT', body: { browserFlow: 'bound' } })
    await send('PUT', `/flows/${id}`, 204, { alias: 'renamed', description: 'new' })
    const realm = (await admin.send('/admin/realms/flows')).body as { browserFlow: string }
    expect(realm.browserFlow).toBe('renamed')
    await send('DELETE', `/flows/${id}`, 400)
    await admin.send('/admin/realms/flows', { method: 'PUT', body: { browserFlow: 'browser' } })
    await send('DELETE', `/flows/${id}`, 204)
    await send('PUT', `/flows/${id}`, 404, { alias: 'gone' })
  })

  it('goes with the flows in it', async () => {
    const id = await flow('outer')
    const inner = await send('POST', '/flows/outer/executions/flow', 201, {
      alias: 'inner',
      type: 'basic-flow',
    })
    await send('DELETE', `/flows/${id}`, 204)
    await send('GET', `/flows/${idOf(inner)}`, 404)
  })

  it('leaves an event of each change, and none of a refused one', async () => {
    const events = async () => {
      const path = '/admin/realms/flows/admin-events?resourceTypes=AUTH_FLOW'
      return (await admin.send(path)).body as { operationType: string; resourcePath: string }[]
    }
    const before = (await events()).length
    const id = await flow('told')
    await send('POST', '/flows', 409, { alias: 'told', providerId: 'basic-flow' })
    await send('DELETE', `/flows/${id}`, 204)
    const [removed, made, ...others] = await events()
    expect(others).toHaveLength(before)
    const resourcePath = `authentication/flows/${id}`
    expect(made).toMatchObject({ operationType: 'CREATE', resourcePath })
    expect(removed).toMatchObject({ operationType: 'DELETE', resourcePath })
  })
})

describe('a built-in flow', () => {
  it('keeps its executions', async () => {
    const [first, second] = await executions('browser')
    await send('POST', '/flows/browser/executions/execution', 400, { provider: 'auth-cookie' })
    await send('POST', '/flows/browser/executions/flow', 400, { alias: 'x', type: 'basic-flow' })
    await send('POST', `/executions/${second?.id}/raise-priority`, 400)
    await send('DELETE', `/executions/${first?.id}`, 400)
  })

  it('lets a login through as before while requirements change', async () => {
    const [, kerberos] = await executions('browser')
    const body = { id: kerberos?.id, requirement: 'DISABLED' }
    await send('PUT', '/flows/browser/executions', 204, body)
    const page = await fetch(
      `${server.url}/realms/flows/protocol/openid-connect/auth?client_id=account&response_type=code&redirect_uri=${server.url}/realms/flows/account/`,
    )
    expect(page.status).toBe(200)
  })
})

describe('a configuration', () => {
  it('shows what its provider knows and masks everything else, which stays when sent back', async () => {
    await flow('configured')
    await send('POST', '/flows/configured/executions/execution', 201, {
      provider: 'identity-provider-redirector',
    })
    const [execution] = await executions('configured')
    const made = await send('POST', `/executions/${execution?.id}/config`, 201, {
      alias: 'c',
      config: { defaultProvider: 'x', other: 'hidden' },
    })
    const id = idOf(made)
    const masked = { id, alias: 'c', config: { defaultProvider: 'x', other: '**********' } }
    expect(await read(`/config/${id}`)).toEqual(masked)
    await send('PUT', `/config/${id}`, 204, { ...masked, alias: 'd' })
    const exported = await admin.send('/admin/realms/flows/authentication/flows')
    const flows = exported.body as { alias: string; authenticationExecutions: unknown[] }[]
    const shown = flows.find(({ alias }) => alias === 'configured')?.authenticationExecutions
    expect(shown).toMatchObject([{ authenticatorConfig: 'd' }])
    await send('DELETE', `/config/${id}`, 204)
    await send('DELETE', `/config/${id}`, 404)
    expect((await executions('configured'))[0]?.alias).toBeUndefined()
    await send('POST', `/executions/${execution?.id}/config`, 409, { config: {} })
    const alone = idOf(await send('POST', '/config', 201, { alias: 'alone', config: { k: 'v' } }))
    expect(await read(`/config/${alone}`)).toMatchObject({ config: { k: '**********' } })
  })
})

describe('required actions', () => {
  const path = '/required-actions/CONFIGURE_TOTP'
  const order = async () =>
    (await read<{ alias: string }[]>('/required-actions')).map(({ alias }) => alias)

  it('change places', async () => {
    const before = await order()
    const at = before.indexOf('CONFIGURE_TOTP')
    await send('POST', `${path}/lower-priority`, 204)
    expect((await order())[at + 1]).toBe('CONFIGURE_TOTP')
    await send('POST', `${path}/raise-priority`, 204)
    expect(await order()).toEqual(before)
    await send('POST', `/required-actions/${before[0]}/raise-priority`, 204)
    expect(await order()).toEqual(before)
    await send('POST', '/required-actions/nope/raise-priority', 404)
  })

  it('are taken out and put in again behind all others', async () => {
    await send('DELETE', path, 204)
    const unregistered = await read('/unregistered-required-actions')
    expect(unregistered).toEqual([{ providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' }])
    const body = { providerId: 'CONFIGURE_TOTP', name: 'Again' }
    await send('POST', '/register-required-action', 204, body)
    await send('POST', '/register-required-action', 409, body)
    await send('POST', '/register-required-action', 400, { providerId: 'nope' })
    expect((await order()).at(-1)).toBe('CONFIGURE_TOTP')
    expect(await read(path)).toMatchObject({ name: 'Again', enabled: true, config: {} })
  })

  it('have settings that their providers know', async () => {
    const config = { max_auth_age: '300', unknown: 'x' }
    await send('PUT', `${path}/config`, 204, { config })
    expect(await read(`${path}/config`)).toEqual({ config: { max_auth_age: '300' } })
    await send('PUT', `${path}/config`, 400, { config: { max_auth_age: 'abc' } })
    await send('DELETE', `${path}/config`, 204)
    expect(await read(`${path}/config`)).toEqual({ config: {} })
    await send('PUT', '/required-actions/delete_account/config', 400, { config })
  })
})

describe('what consoles show of authentication', () => {
  const overview = '/admin/realms/flows/ui-ext/authentication-management'

  it('names what uses a flow', async () => {
    const id = await flow('special')
    const clients = '/admin/realms/flows/clients'
    const body = { clientId: 'user-of-flow', authenticationFlowBindingOverrides: { browser: id } }
    await admin.send(clients, { method: 'POST', body })
    const lines = (await admin.send(`${overview}/flows`)).body as { alias: string }[]
    expect(lines.find(({ alias }) => alias === 'browser')).toMatchObject({
      builtIn: true,
      usedBy: { type: 'DEFAULT', values: ['browser'] },
    })
    expect(lines.find(({ alias }) => alias === 'special')).toMatchObject({
      usedBy: { type: 'SPECIFIC_CLIENTS', values: ['user-of-flow'] },
    })
    const users = await admin.send(`${overview}/clients/${id}?first=0&max=5&search=`)
    expect(users.body).toEqual(['user-of-flow'])
    expect((await admin.send(`${overview}/idp/${id}?first=0&max=5`)).body).toEqual([])
  })

  it('says which required actions have settings', async () => {
    const actions = (await admin.send(`${overview}/required-actions`)).body as {
      alias: string
      configurable: boolean
    }[]
    const configurable = new Map(actions.map((action) => [action.alias, action.configurable]))
    expect(configurable.get('UPDATE_PASSWORD')).toBe(true)
    expect(configurable.get('delete_account')).toBe(false)
  })
})

describe('the pattern of conditional-user-attribute', () => {
  const config = (pattern: string) => ({
    alias: `pattern-${pattern.length}`,
    config: { attribute_name: 'level', attribute_expected_value: pattern, regex: 'true' },
  })

  it('is refused where it is none, and nothing is changed', async () => {
    await flow('patterned')
    const provider = 'conditional-user-attribute'
    const path = '/flows/patterned/executions/execution'
    const execution = idOf(await send('POST', path, 201, { provider }))
    const place = `/executions/${execution}/config`
    const refused = await send('POST', place, 400, config('(['))
    expect(JSON.stringify(refused.body)).toContain('attribute_expected_value')
    await send('POST', '/config', 400, config('a{2'))
    const id = idOf(await send('POST', place, 201, config('high|low')))
    await send('PUT', `/config/${id}`, 400, { ...config('(['), id })
    expect(await read(`/config/${id}`)).toMatchObject(config('high|low'))
    const plain = { ...config('(['), config: { ...config('([').config, regex: 'false' } }
    await send('PUT', `/config/${id}`, 204, plain)
  })
})
