import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const generate = promisify(generateKeyPair)

/** The size that is kept in stock: that of every key which a new realm gets. */
const stockedBits = 2_048
/** Pairs that wait at most. A new realm takes two. */
const stockMax = 8
/** How much the thread that fills the stock gives way to others on a busy core (Linux). */
const niceness = 15

/** Runs in the thread, which ends with its last key; as text, for a worker's file would have to exist beside every build. */
const threadText = `
const { parentPort, workerData } = require('node:worker_threads')
const { generateKeyPairSync } = require('node:crypto')
try {
  const thread = Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').pop())
  require('node:os').setPriority(thread, workerData.niceness)
} catch {
  // Elsewhere than on Linux, it shares the cores evenly.
}
for (let count = 0; count < workerData.count; count += 1) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: workerData.bits })
  parentPort.postMessage(privateKey.export({ format: 'der', type: 'pkcs8' }))
}
`

/**
 * RSA key pairs. Those of the usual size are made ahead, a few at most and by a thread that gives way, since finding the
 * primes takes some tenths of a second that the making of a realm would wait for. The stock is empty until the first one
 * was asked for, and is filled up whenever one was taken.
 */
export class KeyStock implements AsyncDisposable {
  readonly #stock: KeyPair[] = []
  #thread: Worker | undefined
  #closed = false

  /** @returns a pair that nobody else gets */
  async take(bits: number): Promise<KeyPair> {
    const ready = bits === stockedBits ? this.#stock.pop() : undefined
    if (ready === undefined) return await generate('rsa', { modulusLength: bits })
    this.restock()
    return ready
  }

  /** Begins to fill the stock, unless that is under way. */
  restock(): void {
    const count = stockMax - this.#stock.length
    if (this.#closed || this.#thread !== undefined || count <= 0) return
    const workerData = { niceness, count, bits: stockedBits }
    const thread = new Worker(threadText, { eval: true, workerData, name: 'key-stock' })
    this.#thread = thread
    thread.unref()
    thread.on('message', (der: Uint8Array) => this.#add(Buffer.from(der)))
    // A thread that cannot run leaves the stock short: keys are made when they are asked for.
    thread.on('error', () => undefined)
    thread.once('exit', () => {
      this.#thread = undefined
    })
  }

  /** Pairs that wait now. */
  get size(): number {
    return this.#stock.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#stock.length = 0
    await this.#thread?.terminate()
  }

  #add(der: Buffer): void {
    if (this.#closed || this.#stock.length >= stockMax) return
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    this.#stock.push({ privateKey, publicKey: createPublicKey(privateKey) })
  }
}
