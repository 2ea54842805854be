import pg from 'pg'

/** The parameters with which a server hashed its passwords: Keycloak and Holdfast keep them alike, beside the hash. */
export async function hashParametersIn(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ found: string }>(
    "SELECT DISTINCT credential_data AS found FROM credential WHERE type = 'password'",
  )
  await client.end()
  return rows.map(({ found }) => found).join(' ')
}
