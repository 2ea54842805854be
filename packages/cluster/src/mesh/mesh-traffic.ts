import type { Envelope } from './envelope.ts'

/** What has travelled on a node's connections since the start: to one member (requests and answers), or to all (casts). */
export class MeshTraffic {
  readonly #counts = {
    unicastMessagesSent: 0,
    unicastBytesSent: 0,
    unicastMessagesReceived: 0,
    unicastBytesReceived: 0,
    castMessagesSent: 0,
    castBytesSent: 0,
    castMessagesReceived: 0,
    castBytesReceived: 0,
  }

  /** @param bytes of the frame. A cast to three members counts three times */
  sent(envelope: Envelope, bytes: number): void {
    if (envelope.t === 'cast') {
      this.#counts.castMessagesSent += 1
      this.#counts.castBytesSent += bytes
    } else {
      this.#counts.unicastMessagesSent += 1
      this.#counts.unicastBytesSent += bytes
    }
  }

  received(envelope: Envelope, bytes: number): void {
    if (envelope.t === 'cast') {
      this.#counts.castMessagesReceived += 1
      this.#counts.castBytesReceived += bytes
    } else {
      this.#counts.unicastMessagesReceived += 1
      this.#counts.unicastBytesReceived += bytes
    }
  }

  statistics(): MeshTrafficStatistics {
    return { ...this.#counts }
  }
}

/** Messages and their bytes, frames included, as they went over the wire before encryption. */
export interface MeshTrafficStatistics {
  readonly unicastMessagesSent: number
  readonly unicastBytesSent: number
  readonly unicastMessagesReceived: number
  readonly unicastBytesReceived: number
  readonly castMessagesSent: number
  readonly castBytesSent: number
  readonly castMessagesReceived: number
  readonly castBytesReceived: number
}
