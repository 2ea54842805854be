import { expect } from 'vitest'
import type { AdminAnswer, AdminSession } from '../admin/administrator.ts'
import { eventually } from '../mail/mail-world.ts'

/** Due steps are looked for twice a minute, and what another node left, too. */
const waitedMs = 45_000

interface Shown {
  readonly attributes?: Readonly<Record<string, string[]>>
  readonly enabled: boolean
  readonly requiredActions: readonly string[]
}

/** A realm for workflows: roles, groups, an identity provider and clients. */
export const flowing = {
  displayName: 'Flowing',
  roles: { realm: [{ name: 'gold' }, { name: 'silver' }, { name: 'x' }] },
  groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }, { name: 'guests' }],
  identityProviders: [{ alias: 'other', providerId: 'oidc', config: {} }],
  clients: [
    { clientId: 'robot', secret: 's', serviceAccountsEnabled: true },
    { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true },
  ],
}

/** A realm whose workflows are tested, through Admin REST alone. */
export class WorkflowWorld {
  readonly admin: AdminSession
  readonly name: string
  readonly #path: string

  constructor(admin: AdminSession, name: string) {
    this.admin = admin
    this.name = name
    this.#path = `/admin/realms/${name}`
  }

  static async make(
    admin: AdminSession,
    name: string,
    members: Record<string, unknown> = {},
  ): Promise<WorkflowWorld> {
    const world = new WorkflowWorld(admin, name)
    const realm = { realm: name, enabled: true, ...members }
    expect((await admin.send('/admin/realms', { method: 'POST', body: realm })).status).toBe(201)
    const profile = (await world.get('/users/profile')) as Record<string, unknown>
    const open = { ...profile, unmanagedAttributePolicy: 'ENABLED' }
    expect((await world.send('PUT', '/users/profile', open)).status).toBe(200)
    return world
  }

  send(method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    return this.admin.send(`${this.#path}${path}`, {
      method,
      headers: { accept: 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
  }

  async get(path: string): Promise<unknown> {
    const answer = await this.send('GET', path)
    expect(answer.status, path).toBe(200)
    return answer.body
  }

  /** Makes something. @returns its id */
  async make(path: string, body: unknown): Promise<string> {
    const answer = await this.send('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.headers.get('location')?.split('/').at(-1) ?? ''
  }

  user(username: string, members: Record<string, unknown> = {}): Promise<string> {
    return this.make('/users', { username, enabled: true, ...members })
  }

  /** Has a workflow for as long as a test runs. */
  async workflow(given: Record<string, unknown>) {
    const id = await this.make('/workflows', given)
    return {
      id,
      activate: async (userId: string) =>
        await this.done('POST', `/workflows/${id}/activate/USERS/${userId}`),
      /** Has this process look for what is due: to a time that is none nothing is put off. */
      nudge: async (userId: string) =>
        await this.done('POST', `/workflows/${id}/activate/USERS/${userId}?notBefore=none`),
      [Symbol.asyncDispose]: async () => {
        await this.send('DELETE', `/workflows/${id}`)
      },
    }
  }

  /** Has several for as long as a test runs, each with a step that leaves a mark of its name. */
  async workflows(given: Readonly<Record<string, Record<string, unknown>>>) {
    const made = await Promise.all(
      Object.entries(given).map(([name, members]) =>
        this.workflow({ name, steps: [mark(name)], ...members }),
      ),
    )
    return {
      ids: made.map(({ id }) => id),
      [Symbol.asyncDispose]: async () => {
        for (const one of made) await one[Symbol.asyncDispose]()
      },
    }
  }

  async done(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.send(method, path, body)
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBe(204)
  }

  async grant(userId: string, role: string): Promise<void> {
    const roles = [await this.get(`/roles/${role}`)]
    await this.done('POST', `/users/${userId}/role-mappings/realm`, roles)
  }

  async revoke(userId: string, role: string): Promise<void> {
    const roles = [await this.get(`/roles/${role}`)]
    await this.done('DELETE', `/users/${userId}/role-mappings/realm`, roles)
  }

  async shown(userId: string): Promise<Shown> {
    return (await this.get(`/users/${userId}`)) as Shown
  }

  /** Waits until a workflow has set an attribute. */
  async attribute(userId: string, name: string, value: string): Promise<void> {
    await eventually(
      async () => (await this.shown(userId)).attributes?.[name]?.[0] === value,
      `${name}=${value}`,
      waitedMs,
    )
  }

  /** What a user's runs are before: the name of the workflow and the steps that are done. */
  async runs(userId: string): Promise<string[]> {
    const found = (await this.get(`/workflows/scheduled/${userId}`)) as {
      readonly name: string
      readonly steps: readonly { readonly status: string }[]
    }[]
    return found.map(({ name, steps }) => {
      const done = steps.filter(({ status }) => status === 'COMPLETED').length
      return `${name} ${done}/${steps.length}`
    })
  }

  /** Waits until a user's runs are these. */
  async hasRuns(userId: string, ...expected: readonly string[]): Promise<void> {
    const isSo = async () => (await this.runs(userId)).join() === expected.join()
    await eventually(isSo, `runs ${expected.join()}`, waitedMs)
  }

  /** Waits until a user is gone. */
  async isGone(userId: string): Promise<void> {
    const isSo = async () => (await this.send('GET', `/users/${userId}`)).status === 404
    await eventually(isSo, 'the end of the user', waitedMs)
  }
}

/** A step that leaves a mark. */
export const mark = (name: string, value = 'yes') => ({
  uses: 'set-user-attribute',
  with: { [name]: value },
})
