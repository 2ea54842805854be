import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Realms } from '../../realms/realms.ts'
import type { SessionKeeping } from '../session-keeping.ts'
import type { SessionAnswer, SessionQuestion } from '../session-look-up-store.ts'
import type { Touch } from '../session-touch-store.ts'
import { RemoteLogins } from './remote-logins.ts'
import { RemoteSessionEndings } from './remote-session-endings.ts'
import { RemoteSessionLists } from './remote-session-lists.ts'
import { type RemoteSessionCaches, RemoteSessionRecords } from './remote-session-records.ts'
import { SessionDirectory } from './session-directory.ts'

/** Touches that are written at once. */
const touchesMax = 64

export interface RemoteSessionsDeps {
  readonly caches: RemoteSessionCaches
  readonly realms: Pick<Realms, 'byId'>
  readonly clock: Clock
  /** For offline sessions, and what is in the database in any case. */
  readonly rows: SessionKeeping
}

/** Online sessions are in a remote store, offline ones are rows. */
export function sessionsKeptRemotely(deps: RemoteSessionsDeps): SessionKeeping {
  const { caches, realms, clock, rows } = deps
  const directory = new SessionDirectory(caches.sessions, () => clock.now())
  const records = new RemoteSessionRecords({ caches, directory, realms, clock })
  const lists = new RemoteSessionLists({ records, directory, clock, rows })
  return {
    sessions: new RemoteSessionEndings(records, directory, rows.sessions),
    logins: new RemoteLogins(records, rows.logins),
    lists,
    counts: lists,
    lookUps: { answer: (read, asked) => answersOf({ records, rows }, read, asked) },
    touches: { write: (database, touches) => written({ records, rows }, database, touches) },
  }
}

interface Kept {
  readonly records: RemoteSessionRecords
  readonly rows: SessionKeeping
}

/** What is in rows is asked about with one statement: offline sessions, and whether a token was revoked. */
async function answersOf(
  { records, rows }: Kept,
  read: Parameters<SessionKeeping['lookUps']['answer']>[0],
  questions: readonly SessionQuestion[],
): Promise<SessionAnswer[]> {
  const inRows = questions.map((question) =>
    question.offline ? question : { ...question, sessionId: null, clientUuid: null },
  )
  const asked = inRows.filter(({ sessionId, objectId }) => sessionId !== null || objectId !== null)
  const [found, looked] = await Promise.all([
    asked.length === 0 ? [] : rows.lookUps.answer(read, asked),
    Promise.all(
      questions.map(({ offline, sessionId, clientUuid }) =>
        offline || sessionId === null ? null : records.look(sessionId, clientUuid),
      ),
    ),
  ])
  const ofRows = new Map(asked.map((question, index) => [question, found[index]]))
  return inRows.map((question, index) => {
    const row = ofRows.get(question)
    return {
      session: looked[index]?.session ?? row?.session ?? null,
      clientSession: looked[index]?.clientSession ?? row?.clientSession ?? null,
      objectPresent: row?.objectPresent ?? false,
    }
  })
}

async function written(
  { records, rows }: Kept,
  database: Database,
  touches: readonly Touch[],
): Promise<void> {
  const offline = touches.filter((touch) => touch.offline)
  if (offline.length > 0) await rows.touches.write(database, offline)
  const online = touches.filter((touch) => !touch.offline)
  for (let first = 0; first < online.length; first += touchesMax) {
    await Promise.all(
      online.slice(first, first + touchesMax).map(async ({ sessionId, clientUuid, at }) => {
        await Promise.all([
          records.touch(sessionId, null, at),
          clientUuid === null ? null : records.touch(sessionId, clientUuid, at),
        ])
      }),
    )
  }
}
