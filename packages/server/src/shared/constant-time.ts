import { createHash, timingSafeEqual } from 'node:crypto'

/** Texts of at most so many bytes, as secrets are, are compared in a frame of this size. */
const frameBytes = 256
/** Three bytes of UTF-8 hold any unit of a text: what is no longer than this fits into the frame. */
const framedUnitsMax = Math.floor(frameBytes / 3)

/**
 * @returns whether both texts are equal, in a time that does not depend on the expected one: texts of up to 85 characters are compared in
 * a frame of fixed size, longer ones by their hashes
 */
export function equalInConstantTime(given: string, expected: string): boolean {
  if (given.length > framedUnitsMax || expected.length > framedUnitsMax) {
    return timingSafeEqual(digest(given), digest(expected))
  }
  const same = timingSafeEqual(framed(given), framed(expected))
  // Zeros fill the frame: without this, a text and the same with NUL characters behind it were equal.
  return same && given.length === expected.length
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function framed(text: string): Buffer {
  const frame = Buffer.alloc(frameBytes)
  frame.write(text)
  return frame
}
