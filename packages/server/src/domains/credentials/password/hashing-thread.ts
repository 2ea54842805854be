import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Options } from '@node-rs/argon2'
import { traced, tracedWork } from '../../../telemetry/traced-work.ts'

/** A key to be derived from a password; parameters as the libraries name them. */
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
  | {
      readonly algorithm: 'scrypt'
      readonly password: string
      readonly salt: Uint8Array
      readonly hashBytes: number
      readonly cost: number
      readonly blockSize: number
      readonly parallelism: number
    }
  /** The key is one byte: 1 where the password is right. */
  | { readonly algorithm: 'bcrypt'; readonly password: string; readonly hash: string }
  | {
      readonly algorithm: 'ssha'
      readonly password: string
      readonly salt: Uint8Array
      readonly digest: string
    }
  | {
      readonly algorithm: 'phpass'
      readonly password: string
      readonly salt: string
      readonly iterations: number
    }

/** Derives one key. @throws when the parameters are none that the algorithm knows */
export type DeriveKey = (derivation: KeyDerivation) => Promise<Buffer>

/** Runs in the thread; as text, for a worker's file would have to exist beside source, build and bundle. */
const threadText = `
const { parentPort, workerData } = require('node:worker_threads')
const { createHash, pbkdf2Sync, scryptSync } = require('node:crypto')
try {
  const thread = Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').pop())
  require('node:os').setPriority(thread, workerData.niceness)
} catch {
  // Elsewhere than on Linux, hashes and requests share the cores evenly.
}
let argon2
let bcrypt
function derive(job) {
  if (job.algorithm === 'pbkdf2') {
    return pbkdf2Sync(job.password, job.salt, job.iterations, job.hashBytes, job.digest)
  }
  if (job.algorithm === 'scrypt') {
    const { cost, blockSize, parallelism, hashBytes } = job
    const maxmem = 128 * blockSize * (cost + parallelism) + 1048576
    return scryptSync(job.password, job.salt, hashBytes, { cost, blockSize, parallelization: parallelism, maxmem })
  }
  if (job.algorithm === 'ssha') return createHash(job.digest).update(job.password).update(job.salt).digest()
  if (job.algorithm === 'phpass') {
    let hash = createHash('md5').update(job.salt).update(job.password).digest()
    for (let round = 0; round < job.iterations; round++) {
      hash = createHash('md5').update(hash).update(job.password).digest()
    }
    return hash
  }
  if (job.algorithm === 'bcrypt') {
    bcrypt ??= require(workerData.bcryptModule)
    return Buffer.from([bcrypt.verifySync(job.password, job.hash) ? 1 : 0])
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
      return await traced(
        tracedWork.hashing,
        () => ({ name: 'password', attributes: {} }),
        () => answerOf(worker, ++this.#lastNumber, derivation),
      )
    } finally {
      worker.unref()
    }
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const argon2Module = createRequire(import.meta.url).resolve('@node-rs/argon2')
    const bcryptModule = createRequire(import.meta.url).resolve('@node-rs/bcrypt')
    const workerData = { niceness: this.#niceness, argon2Module, bcryptModule }
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
