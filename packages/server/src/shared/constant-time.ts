import { createHash, timingSafeEqual } from 'node:crypto'

/** @returns whether both texts are equal, in a time that depends on neither content nor length of the expected one. */
export function equalInConstantTime(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
