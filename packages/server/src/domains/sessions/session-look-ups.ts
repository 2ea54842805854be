import type { Queryable } from '../../database/database.ts'
import {
  type SessionAnswer,
  SessionLookUpStore,
  type SessionQuestion,
} from './session-look-up-store.ts'

/** Questions in one statement. */
const batchMax = 64
/** Statements on their way at once; more questions wait for one of them and then go together. */
const underWayMax = 2

interface Asked {
  readonly question: SessionQuestion
  readonly resolve: (answer: SessionAnswer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads sessions in SQL, never from memory, and lets requests that come together share a statement: a lone request is
 * answered at once, under load one statement answers many. Every statement is sent after its questions were asked, so an
 * answer is never older than its question.
 */
export class SessionLookUps {
  readonly #database: Queryable
  readonly #store = new SessionLookUpStore()
  #waiting: Asked[] = []
  #underWay = 0

  constructor(database: Queryable) {
    this.#database = database
  }

  /** @throws DatabaseUnavailable */
  async ask(question: SessionQuestion): Promise<SessionAnswer> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject })
      if (this.#waiting.length === 1) queueMicrotask(() => this.#send())
    })
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#underWay < underWayMax) {
      const batch = this.#waiting.splice(0, batchMax)
      this.#underWay += 1
      void this.#answer(batch)
    }
  }

  async #answer(batch: readonly Asked[]): Promise<void> {
    try {
      const answers = await this.#store.answer(
        this.#database,
        batch.map((asked) => asked.question),
      )
      const none: SessionAnswer = { session: null, clientSession: null, objectPresent: false }
      batch.forEach((asked, index) => {
        asked.resolve(answers[index] ?? none)
      })
    } catch (error) {
      for (const asked of batch) asked.reject(error)
    } finally {
      this.#underWay -= 1
      this.#send()
    }
  }
}
