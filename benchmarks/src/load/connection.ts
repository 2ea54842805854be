import { connect, type Socket } from 'node:net'

/** An answer as cheaply as it can be had: text is decoded only where a scenario asks for it. */
export interface Answer {
  readonly status: number
  readonly head: Buffer
  readonly body: Buffer
}

const headEnd = Buffer.from('\r\n\r\n')
const chunkedName = Buffer.from('chunked')
const lengthNames = [Buffer.from('content-length: '), Buffer.from('Content-Length: ')]
const statusOffset = 'HTTP/1.1 '.length
/** Character code of '0'. */
const zero = 48
const emptyBody = Buffer.alloc(0)
/** Longest that an answer may take: a server that hangs must not hang the benchmark. */
const answerMsMax = 30_000

/**
 * One keep-alive HTTP/1.1 connection that sends prepared bytes and waits for each answer: far cheaper than an HTTP
 * library, so that the load generator does not become what is measured. Reconnects when the server closes.
 */
export class Connection {
  readonly #port: number
  #socket: Socket | null = null
  #received: Buffer = emptyBody
  #settle: ((answer: Answer) => void) | null = null
  #fail: ((error: Error) => void) | null = null

  constructor(port: number) {
    this.#port = port
  }

  /** @throws when the connection breaks before the answer is complete */
  request(bytes: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
      const socket = this.#socket ?? this.#open()
      socket.write(bytes)
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = null
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    this.#received = emptyBody
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    const broken = (error?: Error): void => {
      if (this.#socket === socket) this.#socket = null
      const fail = this.#fail
      this.#settle = null
      this.#fail = null
      fail?.(error ?? new Error('the server closed the connection'))
    }
    socket.setTimeout(answerMsMax, () => socket.destroy(new Error('no answer in time')))
    socket.on('error', broken)
    socket.on('close', () => broken())
    return socket
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const answer = parseAnswer(this.#received)
    if (answer === null) return
    this.#received = emptyBody
    const settle = this.#settle
    this.#settle = null
    this.#fail = null
    settle?.(answer)
  }
}

/** The answer in a buffer that holds nothing else; null while it is not complete. */
function parseAnswer(received: Buffer): Answer | null {
  const end = received.indexOf(headEnd)
  if (end < 0) return null
  const status =
    received.readUInt8(statusOffset) * 100 +
    received.readUInt8(statusOffset + 1) * 10 +
    received.readUInt8(statusOffset + 2) -
    zero * 111
  const head = received.subarray(0, end)
  const start = end + headEnd.length
  const length = contentLength(head)
  if (length !== null) {
    if (received.length < start + length) return null
    return { status, head, body: received.subarray(start, start + length) }
  }
  if (status === 204 || status === 304) return { status, head, body: emptyBody }
  if (!head.includes(chunkedName)) return { status, head, body: received.subarray(start) }
  const body = dechunk(received.subarray(start))
  return body === null ? null : { status, head, body }
}

function contentLength(head: Buffer): number | null {
  for (const name of lengthNames) {
    const at = head.indexOf(name)
    if (at < 0) continue
    let length = 0
    for (let index = at + name.length; index < head.length; index++) {
      const digit = head.readUInt8(index) - zero
      if (digit < 0 || digit > 9) break
      length = length * 10 + digit
    }
    return length
  }
  return null
}

function dechunk(text: Buffer): Buffer | null {
  const parts: Buffer[] = []
  let at = 0
  while (at < text.length) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(text.toString('latin1', at, lineEnd), 16)
    if (size === 0) return text.length >= lineEnd + 4 ? Buffer.concat(parts) : null
    at = lineEnd + 2
    if (text.length < at + size + 2) return null
    parts.push(text.subarray(at, at + size))
    at += size + 2
  }
  return null
}
