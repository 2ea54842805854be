/** When something that is repeated is taken to become no cheaper. */
export interface NoCheaper {
  /** Repetitions in a row that have to bring nothing new. */
  readonly calmRounds: number
  /** A repetition brings something when it costs less than the cheapest one by more than this share. */
  readonly gainMin: number
  readonly msMax: number
}

/**
 * Repeats something until it no longer becomes cheaper: V8 compiles what runs often while it runs, and a server that starts
 * in half a second has compiled nothing.
 * @param cost runs it and returns what it cost, in any unit: processor time, for the rate tells how fast the machine is in
 *   that second
 */
export async function untilNoCheaper(
  { calmRounds, gainMin, msMax }: NoCheaper,
  cost: (msLeft: number) => Promise<number>,
): Promise<void> {
  const end = performance.now() + msMax
  let cheapest = Number.POSITIVE_INFINITY
  let calm = 0
  while (calm < calmRounds && performance.now() < end) {
    const now = await cost(end - performance.now())
    calm = now < cheapest * (1 - gainMin) ? 0 : calm + 1
    cheapest = Math.min(cheapest, now)
  }
}
