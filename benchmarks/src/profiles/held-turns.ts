import { median } from '../median.ts'

/** Share of the highest rate at which latencies say something about a healthy server. */
export const heldShare = 0.7
/** Turns that have to count. */
export const countingTurnsMin = 3
/** Share of the highest rate at the end of a turn that the held rate may have become. */
const endShare = { min: 0.6, max: 0.77 }

/** A rate that was held, between two measurements of the highest. Rates per second, times in milliseconds. */
export interface HeldTurn {
  /** Highest rates right before and right after. */
  readonly before: number
  readonly after: number
  /** `heldShare` of `before`. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

/** Medians of the turns that were used. */
export interface Tail {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  /** p99 / p50 of each turn, and of these the median: the quotient of the two medians may be that of no turn. */
  readonly quotient: number
  /** How many of how many turns counted. */
  readonly counted: number
  readonly taken: number
}

/**
 * Whether 70 % was 70 %: the held rate, chosen by the highest one before, still is between 60 and 77 % of the highest one
 * after. A machine that became slower by more than a tenth meanwhile was asked for a queue; one that became quicker by more
 * than a sixth was asked for too little.
 */
export function counts({ rate, after }: HeldTurn): boolean {
  const share = rate / after
  return share >= endShare.min && share <= endShare.max
}

/**
 * The turns that figures are made of: those that count; where these are too few, as many as are needed in the order of how
 * little the machine's speed changed.
 */
export function usedTurns(turns: readonly HeldTurn[]): HeldTurn[] {
  const counting = turns.filter(counts)
  if (counting.length >= countingTurnsMin) return counting
  const change = ({ before, after }: HeldTurn): number => Math.abs(Math.log(after / before))
  return turns.toSorted((a, b) => change(a) - change(b)).slice(0, countingTurnsMin)
}

/** What the turns say together; NaN of none. */
export function tailOf(turns: readonly HeldTurn[]): Tail {
  const used = usedTurns(turns)
  const of = (member: (turn: HeldTurn) => number): number => median(used.map(member))
  return {
    rate: of(({ rate }) => rate),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    quotient: of(({ p50, p99 }) => p99 / p50),
    counted: turns.filter(counts).length,
    taken: turns.length,
  }
}
