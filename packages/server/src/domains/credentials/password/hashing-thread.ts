import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Options } from '@node-rs/argon2'

/** A key to be derived from a password; parameters as the two libraries name them. */
export type KeyDerivation =
  | {
      readonly algorithm: 'argon2'
      readonly password: string
      readonly options: Options & { readonly outputLen: number }
    }
  | {
      readonly algorithm: 'pbkdf2'
      readonly password: string
      readonly salt: Uint8Array
      readonly iterations: number
      readonly hashBytes: number
      /** Node's name of the HMAC's digest. */
      readonly digest: string
    }

/** Derives one key. @throws when the parameters are none that the algorithm knows */
export type DeriveKey = (derivation: KeyDerivation) => Promise<Buffer>

/** Runs in the thread; as text, for a worker's file would have to exist beside source, build and bundle. */
const threadText = `
const { parentPort, workerData } = require('node:worker_threads')
const { pbkdf2Sync } = require('node:crypto')
try {
  const thread = Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').pop())
  require('node:os').setPriority(thread, workerData.niceness)
} catch {
  // Elsewhere than on Linux, hashes and requests share the cores evenly.
}
let argon2
function derive(job) {
  if (job.algorithm === 'pbkdf2') {
    return pbkdf2Sync(job.password, job.salt, job.iterations, job.hashBytes, job.digest)
  }
  argon2 ??= require(workerData.argon2Module)
  return argon2.hashRawSync(job.password, job.options)
}
parentPort.on('message', ({ number, derivation }) => {
  let answer
  try {
    answer = { number, key: derive(derivation) }
  } catch (error) {
    answer = { number, problem: String(error?.message) }
  }
  parentPort.postMessage(answer)
})
`

/** `number` of the job that it answers. */
type Answer = { readonly number: number } & (
  | { readonly key: Uint8Array }
  | { readonly problem: string }
)

/**
 * One thread that computes password hashes, one at a time. It is started by its first job and does not keep the process
 * alive between jobs. Not libuv's pool: signatures are made there, and would stand behind the hashes.
 */
export class HashingThread {
  readonly #name: string
  readonly #niceness: number
  #worker: Worker | undefined
  #lastNumber = 0

  /** @param niceness how much it gives way to others on a busy core, on Linux */
  constructor(name: string, niceness: number) {
    this.#name = name
    this.#niceness = niceness
  }

  /** The caller waits for one key before it asks for the next (see HashingQueue). */
  async derive(derivation: KeyDerivation): Promise<Buffer> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    worker.ref()
    try {
      return await answerOf(worker, ++this.#lastNumber, derivation)
    } finally {
      worker.unref()
    }
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const argon2Module = createRequire(import.meta.url).resolve('@node-rs/argon2')
    const workerData = { niceness: this.#niceness, argon2Module }
    const worker = new Worker(threadText, { eval: true, workerData, name: this.#name })
    // A thread that ended is replaced by the next job; the job under way is told by answerOf.
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    return worker
  }
}

function answerOf(worker: Worker, number: number, derivation: KeyDerivation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      action()
    }
    const onMessage = (answer: Answer): void => {
      if (answer.number !== number) return
      settle(() => {
        if ('key' in answer) resolve(Buffer.from(answer.key))
        else reject(new TypeError(answer.problem))
      })
    }
    const onError = (error: Error): void => settle(() => reject(error))
    const onExit = (): void => settle(() => reject(new Error('the hashing thread ended')))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage({ number, derivation })
  })
}
