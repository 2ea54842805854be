import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { MailServer } from '../mail/mail-server.ts'
import { holdfast } from './holdfast-process.ts'

/** What stands before a secret that was sealed with a key. */
function prefixOf(key: string): string {
  const id = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 8)
  return `hf1:${id}:`
}

/** Everything in the database that has to be encrypted, as it is stored. */
async function storedSecrets(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ secret: string }>(
    `SELECT coalesce(v.secret->>'sealed', v.secret#>>'{}') AS secret
       FROM component c, jsonb_each(c.config) m, jsonb_array_elements(m.value) v(secret)
       WHERE m.key IN ('privateKey', 'secret', 'bindCredential')
     UNION ALL SELECT coalesce(p.config#>>'{clientSecret,sealed}', p.config->>'clientSecret') FROM identity_provider p
       WHERE p.config ? 'clientSecret'
     UNION ALL SELECT coalesce(c.representation#>>'{secret,sealed}', c.representation->>'secret') FROM client c
       WHERE c.representation ? 'secret'
     UNION ALL SELECT coalesce(a.value->>'sealed', a.value#>>'{}')
       FROM client c, jsonb_each(c.representation->'attributes') a
       WHERE a.key = 'client.secret.rotated' OR a.key LIKE '%.private.key'
     UNION ALL SELECT coalesce(m.value->>'sealed', m.value#>>'{}')
       FROM realm r, jsonb_array_elements(r.settings->'authenticatorConfig') a, jsonb_each(a->'config') m
       WHERE m.key IN ('secret.key', 'api.key', 'sms.gateway.secret')
     UNION ALL SELECT secret FROM cluster_key
     UNION ALL SELECT private_key FROM cluster_cert`,
  )
  return rows.map(({ secret }) => secret)
}

/** Secrets work, are shown to those who may read them, and are exported, whatever the database holds. */
async function expectReadable(server: ServerProcess): Promise<void> {
  const form = { grant_type: 'client_credentials', client_id: 'svc', client_secret: 'svc-secret' }
  const token = `${server.realmUrl('acme')}/protocol/openid-connect/token`
  const asked = await fetch(token, { method: 'POST', body: new URLSearchParams(form) })
  expect(asked.status).toBe(200)
  const wrong = new URLSearchParams({ ...form, client_secret: 'svc-secreT' })
  expect((await fetch(token, { method: 'POST', body: wrong })).status).toBe(401)
  const admin = await AdminSession.open(server.url)
  const found = await admin.send('/admin/realms/acme/clients?clientId=svc')
  const [client] = found.body as { id: string }[]
  const readable = {
    secret: 'svc-secret',
    attributes: {
      ...{ 'client.secret.rotated': '{"sealed": "hf1:x:y"}', kept: '{"sealed":1}' },
      'saml.signing.private.key': 'PRIVATE',
    },
  }
  expect(client).toMatchObject(readable)
  const own = await admin.send(`/admin/realms/acme/clients/${client?.id}/client-secret`)
  expect(own.body).toMatchObject({ value: 'svc-secret' })
  const { body: config } = await admin.send('/admin/realms/acme/authentication/config/captcha')
  expect(config).toMatchObject({ config: { 'secret.key': '**********' } })
  const partial = '/admin/realms/acme/partial-export?exportClients=true'
  const exported = await admin.send(partial, { method: 'POST' })
  const { clients } = exported.body as { clients: { clientId: string; secret: string }[] }
  expect(clients.find(({ clientId }) => clientId === 'svc')).toBeDefined()
  const changed = { ...client, description: 'changed' }
  await admin.send(`/admin/realms/acme/clients/${client?.id}`, { method: 'PUT', body: changed })
  const { body } = await admin.send(`/admin/realms/acme/clients/${client?.id}`)
  expect(body).toMatchObject({ ...readable, description: 'changed' })
}

test('a key that comes later encrypts what was stored plain; its successor encrypts all of it again', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  await using database = await createTestDatabase()
  // What only a few realms have; the first looks like something that is sealed.
  await database.query(
    `UPDATE client SET representation = jsonb_set(representation, '{attributes}', representation->'attributes'
       || '{"client.secret.rotated": "{\\"sealed\\": \\"hf1:x:y\\"}", "saml.signing.private.key": "PRIVATE", "kept": "{\\"sealed\\":1}"}')
     WHERE client_id = 'svc'`,
  )
  await database.query(
    `UPDATE realm SET settings = jsonb_set(settings, '{authenticatorConfig,0}',
       '{"id": "captcha", "alias": "captcha", "config": {"site.key": "public", "secret.key": "captcha secret"}}')
     WHERE name = 'acme'`,
  )
  const plain = await storedSecrets(database)
  expect(plain).toEqual(expect.arrayContaining(['svc-secret', 'PRIVATE', 'captcha secret']))
  expect(plain.length).toBeGreaterThan(10)
  expect(plain.some((secret) => secret.startsWith('hf1:'))).toBe(false)

  const serveWith = async (keys: string, prefix: string) => {
    await using server = await startServer({
      databaseUrl: database.url,
      environment: { KC_ENCRYPTION_KEY: keys },
    })
    const secrets = await storedSecrets(database)
    expect(secrets.length).toBeGreaterThanOrEqual(plain.length)
    for (const secret of secrets) expect(secret).toMatch(new RegExp(`^${prefix}`))
    const answer = await fetch(`${server.realmUrl('master')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        ...bootstrapAdmin,
      }),
    })
    expect(answer.status).toBe(200)
    await expectReadable(server)
    const certificates = await fetch(`${server.realmUrl('acme')}/protocol/openid-connect/certs`)
    return JSON.stringify(await certificates.json())
  }
  const published = await serveWith(first, prefixOf(first))
  expect(await serveWith(`${second},${first}`, prefixOf(second))).toBe(published)
  expect(await serveWith(second, prefixOf(second))).toBe(published)

  const refused = await holdfast(['export', '--file=/dev/null', `--db-url=${database.url}`], {
    KC_ENCRYPTION_KEY: first,
  })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('KC_ENCRYPTION_KEY is not the key of this database')
})

/** An authenticator app with the seed `seed`, as the server takes its text for the key. */
const codeOf = (seed: string) =>
  new TOTP({ secret: Secret.fromUTF8(seed), algorithm: 'SHA1', digits: 6, period: 30 }).generate()
/** Guesses at a one-time code of the user `otto`. @returns what the answer says */
async function signIn(server: ServerProcess, code?: string): Promise<string> {
  const form = {
    grant_type: 'password',
    client_id: 'admin-cli',
    username: 'otto',
    password: 'otto',
  }
  const answer = await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, ...(code === undefined ? {} : { totp: code }) }),
  })
  const { error_description: said } = (await answer.json()) as { error_description?: string }
  return said ?? 'a token'
}

/** As exports before Keycloak 8 hold it, and as those of today: the text of the latter looks sealed to a careless reader. */
const otto = {
  username: 'otto',
  enabled: true,
  ...{ email: 'otto@example.test', emailVerified: true, firstName: 'Otto', lastName: 'Otis' },
  credentials: [
    { type: 'password', value: 'otto' },
    {
      type: 'totp',
      hashedSaltedValue: 'seed-of-otto',
      algorithm: 'HmacSHA1',
      digits: 6,
      period: 30,
    },
    {
      type: 'recovery-authn-codes',
      secretData: '{"sealed":"hf1:aaaaaaaa:bbbb"}',
      credentialData: '{}',
    },
  ],
}

test('seeds of one-time codes, recovery codes and mails that wait are sealed, and go out plain', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  await using database = await createTestDatabase()
  const stored = async () => {
    const rows = await database.query<{ text: string }>(
      `SELECT coalesce(secret_sealed, secret_data) AS text FROM credential WHERE type IN ('otp', 'recovery-authn-codes')
       UNION ALL SELECT coalesce(content->>'sealed', content::text) FROM mail WHERE due_at IS NOT NULL`,
    )
    return rows.map(({ text }) => text)
  }
  await using mailbox = await MailServer.start()
  const closed = { host: '127.0.0.1', port: '1', from: 'demo@example.test' }
  {
    await using server = await startServer({ databaseUrl: database.url })
    const admin = await AdminSession.open(server.url)
    const body = { smtpServer: closed }
    expect((await admin.send('/admin/realms/demo', { method: 'PUT', body })).status).toBe(204)
    const made = await admin.send('/admin/realms/demo/users', { method: 'POST', body: otto })
    expect(made.status).toBe(201)
    const path = `${made.headers.get('location')?.slice(server.url.length)}/execute-actions-email`
    const asked = await admin.send(path, { method: 'PUT', body: ['UPDATE_PASSWORD'] })
    expect(asked.status).toBe(204)
    expect(await signIn(server), 'without a code').toBe('Invalid user credentials')
    expect(await signIn(server, codeOf('seed-of-otto'))).toBe('a token')
  }
  const plain = await stored()
  expect(plain).toEqual(expect.arrayContaining(['{"value":"seed-of-otto"}']))
  const waiting = plain.find((text) => text.includes('execute-actions')) ?? ''
  expect(JSON.parse(waiting)).toMatchObject({ content: { kind: 'execute-actions' } })
  expect(waiting, 'neither a link nor a token').not.toMatch(/eyJ|action-token|key=/)
  for (const keys of [first, `${second},${first}`]) {
    await using server = await startServer({
      databaseUrl: database.url,
      environment: { KC_ENCRYPTION_KEY: keys },
    })
    const sealed = await stored()
    expect(sealed).toHaveLength(plain.length)
    for (const text of sealed) {
      expect(text.startsWith(prefixOf(keys === first ? first : second)), text).toBe(true)
    }
    expect(await signIn(server), 'without a code').toBe('Invalid user credentials')
    expect(await signIn(server, codeOf('seed-of-anna'))).toBe('Invalid user credentials')
  }
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-export-')), 'demo.json')
  const command = ['export', '--realm=demo', `--file=${file}`, `--db-url=${database.url}`]
  const { code, stderr } = await holdfast(command, { KC_ENCRYPTION_KEY: second })
  expect(code, stderr).toBe(0)
  const exported = readFileSync(file, 'utf8')
  for (const text of ['{"sealed":"hf1:aaaaaaaa:bbbb"}', '{"value":"seed-of-otto"}']) {
    expect(exported).toContain(JSON.stringify(text))
  }
  await database.query("DELETE FROM single_use_object WHERE id LIKE 'otp:%'")
  await using server = await startServer({
    databaseUrl: database.url,
    environment: { KC_ENCRYPTION_KEY: second },
  })
  expect(await signIn(server, codeOf('seed-of-otto'))).toBe('a token')
  const admin = await AdminSession.open(server.url)
  const body = { smtpServer: { ...closed, port: String(mailbox.port) } }
  expect((await admin.send('/admin/realms/demo', { method: 'PUT', body })).status).toBe(204)
  await database.query('UPDATE mail SET due_at = 0 WHERE due_at IS NOT NULL')
  await expect.poll(() => mailbox.arrived.length, { timeout: 20_000 }).toBe(1)
  expect(mailbox.arrived[0]?.mail.text).toContain('/login-actions/action-token?key=')
})

test('a secret that looks sealed harms nobody: before the key, with it, and in a database sealed by an earlier version', async () => {
  const key = randomBytes(32).toString('base64')
  await using database = await createTestDatabase()
  const poison = 'hf1:aaaaaaaa:bbbb'
  {
    await using server = await startServer({ databaseUrl: database.url })
    const admin = await AdminSession.open(server.url)
    for (const smtpServer of [{ host: 'h', from: 'f@h.test', password: poison }]) {
      const put = await admin.send('/admin/realms/demo', { method: 'PUT', body: { smtpServer } })
      expect(put.status).toBe(204)
    }
    expect((await admin.send('/admin/realms')).status).toBe(200)
  }
  await using server = await startServer({
    databaseUrl: database.url,
    environment: { KC_ENCRYPTION_KEY: key },
  })
  const admin = await AdminSession.open(server.url)
  expect((await admin.send('/admin/realms')).status).toBe(200)
  const [stored] = await database.query<{ sealed: string }>(
    "SELECT settings#>>'{smtpServer,password,sealed}' AS sealed FROM realm WHERE name = 'demo'",
  )
  expect(stored?.sealed.startsWith(prefixOf(key))).toBe(true)

  await database.query(
    `UPDATE realm SET settings = jsonb_set(settings, '{smtpServer,password}', '{"sealed":"hf1:aaaaaaaa:bbbb"}')
     WHERE name = 'demo'`,
  )
  await admin.send('/admin/realms/demo', { method: 'PUT', body: { displayName: 'Still here' } })
  const shown = await admin.send('/admin/realms/demo')
  expect(shown.body).toMatchObject({ displayName: 'Still here', smtpServer: { host: 'h' } })
  expect((await admin.send('/admin/realms/demo', { method: 'DELETE' })).status).toBe(204)
})
