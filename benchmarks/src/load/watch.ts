import { setTimeout as pause } from 'node:timers/promises'

const pauseMs = 200

/** What a watcher saw. */
export interface Watched {
  readonly answered: number
  readonly missed: number
  readonly slowestMs: number
}

/**
 * Asks again and again, five times a second where answers come at once, until `end` is called.
 * @param ask resolves to whether the answer was good; a rejection is an answer that was missed
 */
export function watch(ask: () => Promise<boolean>): { end(): Promise<Watched> } {
  const found = { answered: 0, missed: 0, slowestMs: 0 }
  let ended = false
  const watching = (async () => {
    while (!ended) {
      const begin = performance.now()
      if (await ask().catch(() => false)) found.answered += 1
      else found.missed += 1
      found.slowestMs = Math.max(found.slowestMs, performance.now() - begin)
      await pause(pauseMs)
    }
  })()
  return {
    async end() {
      ended = true
      await watching
      return found
    },
  }
}

/** What several watchers saw one after the other. */
export function watchedTogether(all: readonly Watched[]): Watched {
  return {
    answered: all.reduce((sum, { answered }) => sum + answered, 0),
    missed: all.reduce((sum, { missed }) => sum + missed, 0),
    slowestMs: Math.max(0, ...all.map(({ slowestMs }) => slowestMs)),
  }
}
