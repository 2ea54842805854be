import { Worker } from 'node:worker_threads'

/** Longest time that a pattern may take with one text, once the thread is there. */
export const patternTimeoutMs = 50

/** Most memory of a thread's own; a pattern needs next to nothing. */
const heapMbMax = 32

/** Runs in the thread; as text, for a worker's file would have to exist beside source, build and bundle. */
const threadText = `
const { parentPort } = require('node:worker_threads')
let last = { source: undefined, pattern: undefined }
parentPort.on('message', ({ source, text }) => {
  try {
    if (last.source !== source) last = { source, pattern: new RegExp(source, 'v') }
    parentPort.postMessage(last.pattern.test(text))
  } catch {
    parentPort.postMessage(false)
  }
})
parentPort.postMessage('ready')
`

/**
 * One thread for patterns that may take exponential time. It is started by its first job, does not keep the process alive,
 * and is ended, to be started anew, when a pattern takes too long.
 */
export class PatternThread {
  #worker: Promise<Worker> | undefined

  /**
   * The caller waits for one answer before it asks for the next.
   * @param source for ECMAScript, with the flag `v`
   * @returns whether it matches; undefined when it took too long
   */
  async test(source: string, text: string): Promise<boolean | undefined> {
    this.#worker ??= this.#start()
    const worker = await this.#worker
    const answer = await answerOf(worker, { source, text })
    if (answer === undefined) await this.stop()
    return answer
  }

  async stop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await (await worker)?.terminate()
  }

  #start(): Promise<Worker> {
    const worker = new Worker(threadText, {
      eval: true,
      name: 'patterns',
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax, maxYoungGenerationSizeMb: heapMbMax },
    })
    const started = new Promise<Worker>((resolve, reject) => {
      worker.once('message', () => resolve(worker)).once('error', reject)
    })
    worker.once('exit', () => {
      if (this.#worker === started) this.#worker = undefined
    })
    started.then(
      () => worker.unref(),
      () => {
        if (this.#worker === started) this.#worker = undefined
      },
    )
    return started
  }
}

function answerOf(
  worker: Worker,
  job: { readonly source: string; readonly text: string },
): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const settle = (answer: boolean | undefined): void => {
      clearTimeout(timer)
      worker.off('message', settle).off('error', onEnd).off('exit', onEnd)
      worker.unref()
      resolve(answer)
    }
    const onEnd = (): void => settle(undefined)
    // An answer that is already there counts, although this thread was too busy to look at it in time.
    const timer = setTimeout(() => setImmediate(onEnd), patternTimeoutMs)
    worker.ref()
    worker.on('message', settle).on('error', onEnd).on('exit', onEnd)
    worker.postMessage(job)
  })
}
