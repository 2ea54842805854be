import pg from 'pg'
import type { Change, History, Trace } from './history.ts'

const realmName = 'demo'

/** The state of one database, as far as traces are concerned. */
interface Holdings {
  readonly sessions: ReadonlySet<string>
  readonly enabledUsers: ReadonlySet<string>
  readonly enabledClients: ReadonlySet<string>
  readonly secrets: ReadonlyMap<string, string>
  readonly unconsumed: ReadonlySet<string>
}

/** What the commits of a run, acknowledged so far, must have left in the database that acknowledged them. */
export function tracesOf(history: History): Trace[] {
  const ended = new Set(history.changes.map(({ subject }) => subject))
  return [
    ...history.changes.filter(isLasting).map(({ trace }) => trace),
    ...history.issues.filter(({ subject }) => !ended.has(subject)).map(({ trace }) => trace),
    ...history.redemptions.map(({ trace }) => trace),
  ]
}

/** Whether a change was acknowledged, and nobody has asked to take it back. */
function isLasting({ acknowledgedAt, restoredAt }: Change): boolean {
  return acknowledgedAt !== null && restoredAt === null
}

/** @returns those of the traces that the database does not show */
export async function absentIn(url: string, traces: readonly Trace[]): Promise<Trace[]> {
  const holdings = await holdingsOf(url)
  return traces.filter((trace) => !shows(holdings, trace))
}

function shows(holdings: Holdings, trace: Trace): boolean {
  switch (trace.kind) {
    case 'session exists':
      return holdings.sessions.has(trace.sessionId)
    case 'session gone':
      return !holdings.sessions.has(trace.sessionId)
    case 'user disabled':
      return !holdings.enabledUsers.has(trace.username)
    case 'client disabled':
      return !holdings.enabledClients.has(trace.clientId)
    case 'secret replaced':
      return holdings.secrets.get(trace.clientId) !== trace.former
    case 'code consumed':
      return !holdings.unconsumed.has(rowIdOf(trace.code))
  }
}

/** A code is `<uuid>.<session>.<client>`; its row, that of the login, leaves out the second half of the uuid: a MAC. */
function rowIdOf(code: string): string {
  const [uuid = ''] = code.split('.')
  return `login.${uuid.split('-').slice(0, 3).join('')}`
}

async function holdingsOf(url: string): Promise<Holdings> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const column = async (text: string, values: readonly string[] = []) =>
    (await client.query<{ key: string }>(text, [...values])).rows.map(({ key }) => key)
  const inRealm = '(SELECT id FROM realm WHERE name = $1)'
  try {
    const secrets = await client.query<{ key: string; secret: string }>(
      `SELECT client_id AS key, representation->>'secret' AS secret FROM client WHERE realm_id = ${inRealm}`,
      [realmName],
    )
    return {
      sessions: new Set(await column('SELECT id AS key FROM user_session WHERE NOT offline')),
      enabledUsers: new Set(
        await column(`SELECT username AS key FROM users WHERE enabled AND realm_id = ${inRealm}`, [
          realmName,
        ]),
      ),
      enabledClients: new Set(
        await column(
          `SELECT client_id AS key FROM client WHERE enabled AND realm_id = ${inRealm}`,
          [realmName],
        ),
      ),
      secrets: new Map(secrets.rows.map(({ key, secret }) => [key, secret])),
      unconsumed: new Set(
        await column("SELECT id AS key FROM single_use_object WHERE notes ? 'code'"),
      ),
    }
  } finally {
    await client.end()
  }
}
