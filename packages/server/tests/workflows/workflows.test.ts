import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startServer } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { MailServer } from '../mail/mail-server.ts'
import { nthMail, smtpOf } from '../mail/mail-world.ts'
import { flowing, mark, WorkflowWorld } from './workflow-world.ts'

let server: TestServer
let mail: MailServer
let world: WorkflowWorld

beforeAll(async () => {
  mail = await MailServer.start()
  server = await startTestServer()
  world = await WorkflowWorld.make(await AdminSession.open(server.url), 'flowing', {
    ...flowing,
    smtpServer: smtpOf(mail),
  })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await mail?.[Symbol.asyncDispose]()
})

const token = async (form: Record<string, string>) =>
  await fetch(`${server.realmUrl('flowing')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
const sql = async (text: string, ...values: string[]) => await server.database.query(text, values)

/** Moves the clock of a user's runs. */
async function due(flow: { nudge(userId: string): Promise<void> }, userId: string): Promise<void> {
  await sql('UPDATE workflow_run SET due_at = 0 WHERE user_id = $1', userId)
  await flow.nudge(userId)
}

describe('Steps of workflows', () => {
  it('change users as they say', async () => {
    const [staff, guests] = (await world.get('/groups')) as { id: string; name: string }[]
    const guestsId = [staff, guests].find((one) => one?.name === 'guests')?.id ?? ''
    const user = await world.user('changed', {
      email: 'changed@acme.test',
      firstName: 'Chan',
      attributes: { old: ['1'] },
      requiredActions: ['UPDATE_PROFILE'],
      federatedIdentities: [{ identityProvider: 'other', userId: 'o', userName: 'o' }],
    })
    await world.done('PUT', `/users/${user}/groups/${guestsId}`)
    await world.grant(user, 'silver')
    await using all = await world.workflow({
      name: 'all steps',
      steps: [
        { uses: 'grant-role', with: { role: ['gold', 'account/view-groups', 'nobody has it'] } },
        { uses: 'revoke-role', with: { role: 'silver' } },
        { uses: 'join-group', with: { group: '/staff/night' } },
        { uses: 'leave-group', with: { group: 'guests' } },
        { uses: 'add-required-action', with: { action: 'update-password' } },
        { uses: 'remove-required-action', with: { action: 'UPDATE_PROFILE' } },
        { uses: 'remove-user-attribute', with: { attribute: ['old'] } },
        { uses: 'unlink-user', with: { idp: '*' } },
        { uses: 'set-user-attribute', with: { lastName: 'Ged', many: ['a', 'b'] } },
        { uses: 'notify-user' },
        { uses: 'disable-user', after: '3d' },
      ],
    })
    await all.activate(user)
    await world.hasRuns(user, 'all steps 10/11')
    const { attributes, requiredActions, ...shown } = await world.shown(user)
    expect(attributes).toEqual({ many: ['a', 'b'] })
    expect(requiredActions).toEqual(['UPDATE_PASSWORD'])
    expect(shown).toMatchObject({ lastName: 'Ged', enabled: true })
    const groups = (await world.get(`/users/${user}/groups`)) as { path: string }[]
    expect(groups.map(({ path }) => path)).toEqual(['/staff/night'])
    expect(await world.get(`/users/${user}/federated-identity`)).toEqual([])
    const roles = JSON.stringify(await world.get(`/users/${user}/role-mappings`))
    expect(roles).toContain('"gold"')
    expect(roles).toContain('"view-groups"')
    expect(roles).not.toContain('"silver"')
    const arrived = await nthMail(mail, 1)
    expect(arrived.mail.subject).toBe('Account Disable Warning')
    expect(arrived.mail.text).toMatch(/Dear Chan,[\s\S]*in 3 days due to inactivity/)
    // The time has come.
    await due(all, user)
    await world.hasRuns(user)
    expect((await world.shown(user)).enabled).toBe(false)
  })

  it('say what an administrator wrote, even to whoever is deleted next', async () => {
    await using _told = await world.workflow({
      name: 'farewell',
      on: 'user-role-granted(gold)',
      steps: [
        {
          uses: 'notify-user',
          with: {
            subject: 'Bye',
            message: '<b>${user.firstName}</b> of ${realm.displayName}<script>x</script>',
          },
        },
        { uses: 'delete-user' },
      ],
    })
    const user = await world.user('leaving', { email: 'leaving@acme.test', firstName: 'Lea' })
    await world.grant(user, 'gold')
    await world.isGone(user)
    const { mail: told } = await nthMail(mail, 2)
    expect(told.subject).toBe('Bye')
    expect(told.html).toContain('<b>Lea</b> of Flowing')
    expect(told.html).not.toContain('script')
  })

  it('disable and delete clients', async () => {
    await using _flow = await world.workflow({
      name: 'clients',
      on: 'client-created',
      steps: [{ uses: 'disable-client' }, { uses: 'delete-client', after: '1d' }],
    })
    const id = await world.make('/clients', { clientId: 'brief' })
    await world.hasRuns(id, 'clients 1/2')
    expect(await world.get(`/clients/${id}`)).toMatchObject({ enabled: false })
    await sql('UPDATE workflow_run SET due_at = 0 WHERE client_id = $1', id)
    await world.hasRuns(id)
    expect((await world.send('GET', `/clients/${id}`)).status).toBe(404)
  })

  it('begin anew where they say so', async () => {
    await using flow = await world.workflow({
      name: 'again',
      steps: [
        mark('first'),
        { uses: 'disable-user', after: '1d' },
        { uses: 'restart', with: { position: '1' } },
      ],
    })
    const user = await world.user('round')
    await flow.activate(user)
    await world.hasRuns(user, 'again 1/3')
    await due(flow, user)
    await world.hasRuns(user, 'again 1/3')
    await expect
      .poll(async () => (await world.shown(user)).enabled, { timeout: 20_000 })
      .toBe(false)
    expect(await world.runs(user)).toEqual(['again 1/3'])
  })
})

describe('Workflows', () => {
  it('begin with every event that Keycloak knows', async () => {
    const events: Record<string, string> = {
      created: 'user-created',
      login: 'user-authenticated(app)',
      elsewhere: 'user-authenticated(robot)',
      granted: 'user-role-granted(gold)',
      revoked: 'user_role_revoked(gold)',
      joined: 'user-group-membership-added(/staff)',
      left: 'user-group-membership-removed(staff)',
      linked: 'user-federated-identity-added(other)',
      unlinked: 'user-federated-identity-removed',
    }
    await using _all = await world.workflows(
      Object.fromEntries(Object.entries(events).map(([name, on]) => [name, { on }])),
    )
    const credentials = [{ type: 'password', value: 'secret' }]
    const user = await world.user('eventful', {
      credentials,
      email: 'e@acme.test',
      firstName: 'E',
      lastName: 'V',
    })
    await world.attribute(user, 'created', 'yes')
    const login = {
      grant_type: 'password',
      client_id: 'app',
      username: 'eventful',
      password: 'secret',
    }
    expect((await token(login)).status).toBe(200)
    await world.grant(user, 'gold')
    await world.revoke(user, 'gold')
    const groups = (await world.get('/groups')) as { id: string; name: string }[]
    const staff = groups.find(({ name }) => name === 'staff')?.id
    await world.done('PUT', `/users/${user}/groups/${staff}`)
    await world.done('DELETE', `/users/${user}/groups/${staff}`)
    const link = `/users/${user}/federated-identity/other`
    await world.done('POST', link, { userId: 'u', userName: 'u' })
    await world.done('DELETE', link)
    for (const name of Object.keys(events)) {
      if (name !== 'elsewhere') await world.attribute(user, name, 'yes')
    }
    expect((await world.shown(user)).attributes).not.toHaveProperty('elsewhere')
  })

  it('begin when a client authenticates', async () => {
    await using _flow = await world.workflow({
      name: 'robots',
      on: 'client-authenticated',
      steps: [{ uses: 'disable-client', after: '1d' }],
    })
    const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: 's' }
    expect((await token(form)).status).toBe(200)
    const [robot] = (await world.get('/clients?clientId=robot')) as { id: string }[]
    await world.hasRuns(robot?.id ?? '', 'robots 0/1')
  })

  it('begin for whom their conditions hold', async () => {
    const conditions: Record<string, string> = {
      role: 'has-role(gold) and not has-role(silver)',
      group: 'is-member-of(/staff)',
      attribute: 'has-user-attribute(team:b,a)',
      wrong: 'has-user-attribute(team:a)',
      any: 'has-user-attribute(team) and (has-role(silver) or has-identity-provider-link(other))',
      missing: 'has-role(nowhere)',
    }
    await using all = await world.workflows(
      Object.fromEntries(Object.entries(conditions).map(([name, one]) => [name, { if: one }])),
    )
    const user = await world.user('conditional', {
      attributes: { team: ['a', 'b'] },
      groups: ['/staff/night'],
      federatedIdentities: [{ identityProvider: 'other', userId: 'c', userName: 'c' }],
    })
    await world.grant(user, 'gold')
    for (const id of all.ids) await world.send('POST', `/workflows/${id}/activate/USERS/${user}`)
    for (const name of ['role', 'group', 'attribute', 'any'])
      await world.attribute(user, name, 'yes')
    const shown = (await world.shown(user)).attributes ?? {}
    expect(Object.keys(shown)).not.toContain('wrong')
    expect(Object.keys(shown)).not.toContain('missing')
  })

  it('end when a condition no longer holds at the time of a step', async () => {
    await using flow = await world.workflow({
      name: 'while gold',
      if: 'has-role(gold)',
      steps: [{ uses: 'delete-user', after: '1d' }],
    })
    const user = await world.user('spared')
    await world.grant(user, 'gold')
    await flow.activate(user)
    await world.hasRuns(user, 'while gold 0/1')
    await world.revoke(user, 'gold')
    await due(flow, user)
    await world.hasRuns(user)
    expect((await world.send('GET', `/users/${user}`)).status).toBe(200)
  })

  it('are cancelled and restarted by the events that they name', async () => {
    const steps = [mark('mark'), { uses: 'disable-user', after: '1d' }]
    await using cancelled = await world.workflow({
      name: 'cancelled',
      steps,
      concurrency: { 'cancel-in-progress': 'user-role-granted(silver)' },
    })
    await using _restarted = await world.workflow({
      name: 'restarted',
      on: 'user-role-granted(gold)',
      steps,
      concurrency: { 'restart-in-progress': 'true' },
    })
    const user = await world.user('interrupted')
    await cancelled.activate(user)
    await world.hasRuns(user, 'cancelled 1/2')
    await world.grant(user, 'silver')
    await world.hasRuns(user)
    await world.grant(user, 'gold')
    await world.hasRuns(user, 'restarted 1/2')
    await sql(`UPDATE users SET attributes = '{}' WHERE id = $1`, user)
    await world.grant(user, 'gold')
    await expect
      .poll(
        async () => await sql(`SELECT 1 FROM users WHERE id = $1 AND attributes ? 'mark'`, user),
        {
          timeout: 20_000,
        },
      )
      .toHaveLength(1)
    await world.hasRuns(user, 'restarted 1/2')
  })

  it('begin again and again by their schedule, some at a time', async () => {
    await using flow = await world.workflow({
      name: 'scheduled',
      if: 'has-user-attribute(batch)',
      schedule: { after: '1d', 'batch-size': '2' },
      steps: [{ uses: 'disable-user', after: '1d' }],
    })
    const users = await Promise.all(
      ['batch1', 'batch2', 'batch3'].map((name) =>
        world.user(name, { attributes: { batch: ['1'] } }),
      ),
    )
    const active = async () => (await Promise.all(users.map((id) => world.runs(id)))).flat().length
    expect(await active()).toBe(0)
    const turn = 'UPDATE workflow_schedule SET next_at = 0 WHERE workflow_id = $1'
    await sql(turn, flow.id)
    await flow.nudge(users[0] ?? '')
    await expect.poll(active, { timeout: 20_000 }).toBe(2)
    await sql(turn, flow.id)
    await flow.nudge(users[0] ?? '')
    await expect.poll(active, { timeout: 20_000 }).toBe(3)
  })

  it('do not go round in circles', async () => {
    await using _one = await world.workflow({
      name: 'there',
      on: 'user-role-granted(x)',
      steps: [{ uses: 'revoke-role', with: { role: 'x' } }],
    })
    await using _other = await world.workflow({
      name: 'back',
      on: 'user-role-revoked(x)',
      steps: [{ uses: 'grant-role', with: { role: 'x' } }],
    })
    const user = await world.user('dizzy')
    await world.grant(user, 'x')
    await expect
      .poll(() => server.server.log.includes('events were dropped'), { timeout: 20_000 })
      .toBe(true)
    expect(await sql('SELECT 1 FROM workflow_event')).toEqual([])
  })

  it('have one name each, also when two are made at once', async () => {
    const made = await Promise.all(
      [1, 2, 3, 4].map(() =>
        world.send('POST', '/workflows', { name: 'twin', steps: [mark('twin')] }),
      ),
    )
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400])
    const others = made.filter(({ status }) => status === 400).map(({ body }) => body)
    const errorMessage = "Workflow name must be unique. A workflow with name 'twin' already exists."
    expect(others).toEqual([{ errorMessage }, { errorMessage }, { errorMessage }])
  })

  it('try a step again that fails, and go on', async () => {
    await using flow = await world.workflow({
      name: 'stubborn',
      steps: [mark('before'), mark('later')],
    })
    await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.attributes ? 'later' THEN RAISE EXCEPTION 'not now'; END IF; RETURN NEW; END $$`)
    await sql('CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()')
    const user = await world.user('patient')
    await flow.activate(user)
    await expect
      .poll(
        async () =>
          await sql('SELECT attempts, last_error FROM workflow_run WHERE user_id = $1', user),
        {
          timeout: 20_000,
        },
      )
      .toEqual([{ attempts: 1, last_error: 'not now' }])
    await sql('DROP TRIGGER refuse ON users')
    await due(flow, user)
    await world.attribute(user, 'later', 'yes')
  })

  it('go on where a node was killed within a step, and do each step once', async () => {
    await using flow = await world.workflow({
      name: 'survivor',
      steps: [mark('set out'), { uses: 'grant-role', with: { role: 'silver' } }, mark('arrived')],
    })
    const user = await world.user('lucky')
    await sql('CREATE TABLE update_of_user (id text)')
    await sql(`CREATE FUNCTION count_update() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO update_of_user VALUES (NEW.id); RETURN NEW; END $$`)
    await sql(`CREATE TRIGGER count_update AFTER UPDATE ON users
      FOR EACH ROW EXECUTE FUNCTION count_update()`)
    const doomed = await startServer({ databaseUrl: server.database.url })
    // The node waits in the middle of the second step.
    await sql(`CREATE FUNCTION wait_a_while() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$`)
    await sql(`CREATE TRIGGER wait_a_while BEFORE INSERT ON user_role
      FOR EACH ROW EXECUTE FUNCTION wait_a_while()`)
    const there = await AdminSession.open(doomed.url)
    const path = `/admin/realms/flowing/workflows/${flow.id}/activate/USERS/${user}`
    const activated = there.send(path, { method: 'POST' })
    const sleepers = () => sql(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)
    await expect.poll(sleepers, { timeout: 20_000 }).not.toEqual([])
    expect((await activated).status).toBe(204)
    doomed.kill('SIGKILL')
    await doomed.stop()
    const arrived = async () => {
      await flow.nudge(user)
      return (await world.shown(user)).attributes?.['arrived']
    }
    await expect.poll(arrived, { timeout: 20_000, interval: 500 }).toEqual(['yes'])
    await sql('DROP TRIGGER wait_a_while ON user_role')
    expect(JSON.stringify(await world.get(`/users/${user}/role-mappings`))).toContain('"silver"')
    expect(await sql('SELECT id FROM update_of_user')).toEqual([{ id: user }, { id: user }])
  })
})
