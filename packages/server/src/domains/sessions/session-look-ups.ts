import type { SessionQuestion } from './session-look-up-store.ts'

/** Questions in one statement. */
const batchMax = 64
/** Statements on their way at once; more questions wait for one of them and then go together. */
const underWayMax = 2

interface Asked<A> {
  readonly question: SessionQuestion
  readonly resolve: (answer: A) => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads sessions in SQL, never from memory, and lets requests that come together share a statement: a lone request is
 * answered at once, under load one statement answers many. Every statement is sent after its questions were asked, so an
 * answer is never older than its question.
 */
export class SessionLookUps<A> {
  readonly #answerAll: (questions: readonly SessionQuestion[]) => Promise<readonly A[]>
  #waiting: Asked<A>[] = []
  #underWay = 0

  /** @param answerAll sends one statement for all questions, and answers them in their order */
  constructor(answerAll: (questions: readonly SessionQuestion[]) => Promise<readonly A[]>) {
    this.#answerAll = answerAll
  }

  /** @throws DatabaseUnavailable */
  async ask(question: SessionQuestion): Promise<A> {
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

  async #answer(batch: readonly Asked<A>[]): Promise<void> {
    try {
      const answers = await this.#answerAll(batch.map((asked) => asked.question))
      batch.forEach((asked, index) => {
        asked.resolve(answers[index] as A)
      })
    } catch (error) {
      for (const asked of batch) asked.reject(error)
    } finally {
      this.#underWay -= 1
      this.#send()
    }
  }
}
