import { connect, type Socket } from 'node:net'
import type { WildRequest } from './requests.ts'

/** Longest that the server may take for an answer to anything. */
const answerTimeoutMs = 10_000

/** What came back: the status, null where the connection ended without one. */
export interface WildAnswer {
  readonly status: number | null
  readonly text: string
}

/**
 * Sends a request over a connection of its own, byte for byte, so that also what no HTTP library would send arrives.
 * @throws when the server neither answers nor closes in time
 */
export function sendWild(port: number, wild: WildRequest): Promise<WildAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no answer within ${answerTimeoutMs} ms to ${describe(wild)}`))
    }, answerTimeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      const text = Buffer.concat(chunks).toString('latin1')
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
      resolve({ status: status === undefined ? null : Number(status), text })
    }
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('close', done)
    // A server that refuses an oversized body closes while the rest is still on its way.
    socket.on('error', done)
    socket.on('connect', () => write(socket, wild))
  })
}

function write(socket: Socket, wild: WildRequest): void {
  const bytes = bytesOf(wild)
  if (wild.cutAfter !== null && wild.cutAfter < bytes.length) {
    socket.write(bytes.subarray(0, wild.cutAfter), () => socket.destroy())
  } else {
    socket.write(bytes)
  }
}

function bytesOf(wild: WildRequest): Buffer {
  const lines = [
    `${wild.method} ${wild.path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    ...Object.entries(wild.headers).map(([name, value]) => `${name}: ${value}`),
    ...(wild.body === null ? [] : [`Content-Length: ${wild.body.length}`]),
  ]
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    wild.body ?? Buffer.alloc(0),
  ])
}

/** A request in one line, for the message of a failed property. */
export function describe(wild: WildRequest): string {
  const body = wild.body === null ? '' : ` ${wild.body.subarray(0, 300).toString('latin1')}`
  return `${wild.method} ${wild.path.slice(0, 500)} ${JSON.stringify(wild.headers)}${body}`
}
