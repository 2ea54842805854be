import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { SyslogSettings } from './log-settings.ts'

/** Messages that wait for a server that is away, unless the settings say how many. */
const waitingMax = 512
const reconnectMsMin = 500
const reconnectMsMax = 30_000
const connectTimeoutMs = 5_000
/** What the socket may hold before messages wait here. */
const socketBytesMax = 1024 * 1024

export interface SyslogSenderDeps {
  readonly settings: Pick<
    SyslogSettings,
    'host' | 'port' | 'protocol' | 'countingFraming' | 'queueLength'
  >
  /** Told that so many messages were lost since it was last told. */
  readonly onLost: (count: number) => void
  /** Who is believed at the other end of TLS; left out = as Node.js does. */
  readonly trusted?: Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>
}

/**
 * Sends messages to a syslog server: UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425). States: *connected*; *away*, in which
 * messages wait, the oldest are dropped beyond the bound, and a connection is tried again after a pause that doubles. The
 * server never waits for it.
 */
export class SyslogSender implements Disposable {
  readonly #deps: SyslogSenderDeps
  readonly #waiting: Buffer[] = []
  #datagrams: DatagramSocket | undefined
  #socket: Socket | undefined
  #connected = false
  #pauseMs = reconnectMsMin
  #timer: NodeJS.Timeout | undefined
  #lost = 0
  #ended = false

  constructor(deps: SyslogSenderDeps) {
    this.#deps = deps
    if (deps.settings.protocol === 'udp') {
      this.#datagrams = createSocket(deps.settings.host.includes(':') ? 'udp6' : 'udp4')
      // Nobody listens: datagrams may get lost, that is their nature.
      this.#datagrams.on('error', () => undefined)
      this.#datagrams.unref()
    } else this.#connect()
  }

  send(message: Buffer): void {
    const { host, port } = this.#deps.settings
    if (this.#datagrams !== undefined) {
      this.#datagrams.send(message, port, host, () => undefined)
      return
    }
    if (this.#connected && (this.#socket?.writableLength ?? 0) < socketBytesMax) {
      this.#socket?.write(this.#framed(message))
      return
    }
    this.#waiting.push(message)
    if (this.#waiting.length > (this.#deps.settings.queueLength ?? waitingMax)) {
      this.#waiting.shift()
      this.#lost += 1
    }
  }

  [Symbol.dispose](): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#datagrams?.close()
    this.#socket?.end()
  }

  #connect(): void {
    const { host, port, protocol } = this.#deps.settings
    const { trusted } = this.#deps
    const socket =
      protocol === 'ssl-tcp' ? connectTls({ host, port, ...trusted }) : connect({ host, port })
    this.#socket = socket
    socket.setTimeout(connectTimeoutMs, () => {
      if (!this.#connected) socket.destroy()
    })
    socket.unref()
    socket.on('error', () => undefined)
    socket.on('data', () => undefined)
    socket.on(protocol === 'ssl-tcp' ? 'secureConnect' : 'connect', () => this.#opened(socket))
    socket.on('drain', () => this.#sendWaiting(socket))
    socket.on('close', () => this.#closed())
  }

  #opened(socket: Socket): void {
    this.#connected = true
    this.#pauseMs = reconnectMsMin
    this.#sendWaiting(socket)
    if (this.#lost > 0) this.#deps.onLost(this.#lost)
    this.#lost = 0
  }

  #sendWaiting(socket: Socket): void {
    for (const message of this.#waiting.splice(0)) socket.write(this.#framed(message))
  }

  #closed(): void {
    this.#connected = false
    if (this.#ended) return
    this.#timer = setTimeout(() => this.#connect(), this.#pauseMs)
    this.#timer.unref()
    this.#pauseMs = Math.min(this.#pauseMs * 2, reconnectMsMax)
  }

  /** Octet counting, or a line feed at the end (RFC 6587 §3.4). */
  #framed(message: Buffer): Buffer {
    if (this.#deps.settings.countingFraming) {
      return Buffer.concat([Buffer.from(`${message.length} `), message])
    }
    return message.at(-1) === 0x0a ? message : Buffer.concat([message, Buffer.from('\n')])
  }
}
