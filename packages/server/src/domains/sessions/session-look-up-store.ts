import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, SessionId } from '../typed-ids.ts'
import type { ClientSession, UserSession } from './session.ts'
import { SessionPlaces, type SessionTables } from './session-places.ts'
import {
  type ClientSessionRow,
  clientSessionColumns,
  clientSessionOf,
  type SessionRow,
  sessionColumns,
  sessionOf,
} from './session-rows.ts'
import { databaseNow } from './single-use-store.ts'

/** What a request wants to know about a session and a token. */
export interface SessionQuestion {
  /** Null asks about the once-only object only. */
  readonly sessionId: SessionId | null
  readonly offline: boolean
  /** Null leaves the client session out. */
  readonly clientUuid: ClientUuid | null
  /** Id of a once-only object, e.g. of a revoked token; null asks for none. */
  readonly objectId: string | null
}

export interface SessionAnswer {
  readonly session: UserSession | null
  readonly clientSession: ClientSession | null
  readonly objectPresent: boolean
}

const nothing: SessionAnswer = { session: null, clientSession: null, objectPresent: false }

type Row = SessionRow & ClientSessionRow & { n: number; present: boolean }

/** Answers many questions with one statement; every join goes by a primary key. */
export class SessionLookUpStore {
  readonly #places: SessionPlaces

  constructor(places = new SessionPlaces()) {
    this.#places = places
  }

  /** @returns one answer per question, in their order */
  async answer(read: Queryable, questions: readonly SessionQuestion[]): Promise<SessionAnswer[]> {
    const { shared, online, offline } = this.#places
    if (shared || questions.every((question) => !question.offline)) {
      return await this.#answerFrom(online, read, questions)
    }
    const answers = new Map<SessionQuestion, SessionAnswer | undefined>()
    for (const tables of [online, offline]) {
      const some = questions.filter((question) => question.offline === (tables === offline))
      if (some.length === 0) continue
      const found = await this.#answerFrom(tables, read, some)
      some.forEach((question, index) => {
        answers.set(question, found[index])
      })
    }
    return questions.map((question) => answers.get(question) ?? nothing)
  }

  async #answerFrom(
    { users, clients }: SessionTables,
    read: Queryable,
    questions: readonly SessionQuestion[],
  ): Promise<SessionAnswer[]> {
    const rows = await read.query<Row>(
      `SELECT k.n::int AS n, o.id IS NOT NULL AS present, ${sessionColumns}, ${clientSessionColumns}
       FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) WITH ORDINALITY AS k(id, offline, client, object, n)
       LEFT JOIN ${users} s ON s.id = k.id AND s.offline = k.offline
       LEFT JOIN ${clients} c ON c.session_id = k.id AND c.offline = k.offline AND c.client_id = k.client
       LEFT JOIN single_use_object o ON o.id = k.object AND o.expires_at > ${databaseNow}`,
      [
        questions.map((question) => question.sessionId),
        questions.map((question) => question.offline),
        questions.map((question) => question.clientUuid),
        questions.map((question) => question.objectId),
      ],
    )
    const answers: SessionAnswer[] = []
    for (const row of rows) {
      answers[row.n - 1] = {
        session: row.id === null ? null : sessionOf(row),
        clientSession: row.id === null ? null : clientSessionOf(row),
        objectPresent: row.present,
      }
    }
    return answers
  }
}
