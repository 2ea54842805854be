/** Bytes before each payload: length of the payload (4, big-endian) and message version (1). */
export const frameHeaderBytes = 5

/** One message as it arrived. */
export interface Frame {
  readonly version: number
  readonly payload: Buffer
}

/** A peer that breaks the framing: its connection is closed. */
export class FrameError extends Error {}

/**
 * @param version the message version agreed with the peer; 0 for the greeting
 * @param bytesMax largest payload
 * @throws FrameError when the payload is larger
 */
export function encodeFrame(version: number, payload: unknown, bytesMax: number): Buffer {
  const body = Buffer.from(JSON.stringify(payload), 'utf8')
  if (body.length > bytesMax) {
    throw new FrameError(`message of ${body.length} bytes is over the limit of ${bytesMax}`)
  }
  const frame = Buffer.allocUnsafe(frameHeaderBytes + body.length)
  frame.writeUInt32BE(body.length, 0)
  frame.writeUInt8(version, 4)
  body.copy(frame, frameHeaderBytes)
  return frame
}

/** @throws FrameError when the payload is not JSON in UTF-8 */
export function parsePayload(frame: Frame): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame.payload))
  } catch {
    throw new FrameError('message is not JSON')
  }
}

/** Cuts a byte stream into frames. Keeps at most one unfinished frame, whose size it has checked before it waits for it. */
export class FrameReader {
  #bytesMax: number
  #chunks: Buffer[] = []
  #buffered = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Larger frames are allowed once the peer has greeted. */
  allow(bytesMax: number): void {
    this.#bytesMax = bytesMax
  }

  /**
   * @returns the frames that `chunk` completed
   * @throws FrameError when the peer announces a frame that is empty or too long
   */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    const frames: Frame[] = []
    for (;;) {
      const frame = this.#next()
      if (frame === null) return frames
      frames.push(frame)
    }
  }

  #next(): Frame | null {
    if (this.#buffered < frameHeaderBytes) return null
    const head = this.#peek(frameHeaderBytes)
    const length = head.readUInt32BE(0)
    if (length === 0) throw new FrameError('empty frame')
    if (length > this.#bytesMax) {
      throw new FrameError(`frame of ${length} bytes is over the limit of ${this.#bytesMax}`)
    }
    if (this.#buffered < frameHeaderBytes + length) return null
    const whole = this.#peek(frameHeaderBytes + length)
    const rest = whole.subarray(frameHeaderBytes + length)
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#buffered = rest.length
    const payload = whole.subarray(frameHeaderBytes, frameHeaderBytes + length)
    return { version: whole.readUInt8(4), payload }
  }

  /** Joins chunks until the first one holds `bytes`; a chunk is copied once per frame at most. */
  #peek(bytes: number): Buffer {
    const first = this.#chunks[0] as Buffer
    if (first.length >= bytes) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }
}
