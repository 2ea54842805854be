import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { bootstrapAdmin, startServer } from '../harness/server-process.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { holdfast } from './holdfast-process.ts'

/** What stands before a secret that was sealed with a key. */
function prefixOf(key: string): string {
  const id = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 8)
  return `hf1:${id}:`
}

/** Everything in the database that has to be encrypted, as it is stored. */
async function storedSecrets(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ secret: string }>(
    `SELECT v.secret FROM component c, jsonb_each(c.config) m, jsonb_array_elements_text(m.value) v(secret)
       WHERE m.key IN ('privateKey', 'secret', 'bindCredential')
     UNION ALL SELECT p->'config'->>'clientSecret' FROM realm r,
       jsonb_array_elements(coalesce(r.settings->'identityProviders', '[]')) p
       WHERE p->'config' ? 'clientSecret'
     UNION ALL SELECT secret FROM cluster_key
     UNION ALL SELECT private_key FROM cluster_cert`,
  )
  return rows.map(({ secret }) => secret)
}

test('a key that comes later encrypts what was stored plain; its successor encrypts all of it again', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  await using database = await createTestDatabase()
  const plain = await storedSecrets(database)
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
