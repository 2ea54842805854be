import type { Duplex } from 'node:stream'
import { type Envelope, type Hello, parseEnvelope, parseHello } from './envelope.ts'
import {
  encodeFrame,
  type Frame,
  FrameError,
  FrameReader,
  frameHeaderBytes,
  parsePayload,
} from './frame.ts'
import type { MeshLimits } from './limits.ts'
import type { MeshTraffic } from './mesh-traffic.ts'

/** What the owner of a channel is told. */
export interface ChannelEvents {
  onHello(hello: Hello): void
  onEnvelope(envelope: Envelope): void
  /** Once, when the connection is gone for whatever reason; `fault` when the peer broke the protocol. */
  onClosed(reason: string, fault: boolean): void
}

/**
 * One connection after its transport opened it. State machine: greeting (one Hello in each direction, small frames) →
 * open (envelopes) → closed. A frame that breaks a rule closes it.
 */
export class Channel {
  readonly #stream: Duplex
  readonly #limits: MeshLimits
  readonly #traffic: MeshTraffic
  readonly #events: ChannelEvents
  readonly #reader: FrameReader
  #version: number | null = null
  #closed = false
  readonly #greetingTimer: NodeJS.Timeout

  constructor(stream: Duplex, limits: MeshLimits, traffic: MeshTraffic, events: ChannelEvents) {
    this.#stream = stream
    this.#traffic = traffic
    this.#limits = limits
    this.#events = events
    this.#reader = new FrameReader(limits.helloBytesMax)
    this.#greetingTimer = setTimeout(
      () => this.close('no greeting in time', true),
      limits.helloDeadlineMs,
    )
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', (error: NodeJS.ErrnoException) => this.close(error.code ?? error.message))
    stream.on('close', () => this.close('connection closed'))
    stream.on('end', () => this.close('closed by the peer'))
  }

  greet(hello: Hello): void {
    if (!this.#closed) this.#stream.write(encodeFrame(0, hello, this.#limits.helloBytesMax))
  }

  /** From now on envelopes of this version travel. */
  open(version: number): void {
    clearTimeout(this.#greetingTimer)
    this.#version = version
    this.#reader.allow(this.#limits.frameBytesMax)
  }

  /**
   * @returns false when the peer is too slow (its queue is full) or the channel is closed; nothing was sent then
   * @throws FrameError when the message is over the size limit
   */
  send(envelope: Envelope): boolean {
    if (this.#closed || this.#version === null) return false
    if (this.#stream.writableLength > this.#limits.sendQueueBytesMax) return false
    const frame = encodeFrame(this.#version, envelope, this.#limits.frameBytesMax)
    this.#stream.write(frame)
    this.#traffic.sent(envelope, frame.length)
    return true
  }

  /** Stops and resumes reading: the peer's sends back up into its own queue. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    if (!this.#closed) this.#stream.resume()
  }

  /** Sends what is queued (a refusal, an answer), then closes. */
  end(reason: string): void {
    if (this.#closed) return
    this.#stream.end()
    this.close(reason)
  }

  close(reason: string, fault = false): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#greetingTimer)
    if (this.#stream.writableEnded) setTimeout(() => this.#stream.destroy(), 200).unref()
    else this.#stream.destroy()
    this.#events.onClosed(reason, fault)
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.#closed) return
        this.#take(frame)
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.close(error.message, true)
    }
  }

  #take(frame: Frame): void {
    if (this.#version === null) {
      if (frame.version !== 0) throw new FrameError('message before the greeting')
      this.#events.onHello(parseHello(parsePayload(frame)))
      return
    }
    if (frame.version !== this.#version) {
      throw new FrameError(`message of version ${frame.version}, agreed was ${this.#version}`)
    }
    const envelope = parseEnvelope(parsePayload(frame))
    this.#traffic.received(envelope, frameHeaderBytes + frame.payload.length)
    this.#events.onEnvelope(envelope)
  }
}
