import { readFileSync } from 'node:fs'

/** Columns of a processor's line in /proc/stat (proc(5)), behind its name; in ticks. */
const stolenColumn = 7
const countedColumns = 8

/** Ticks of all processors since the system started: all of them, and those that the hypervisor gave to somebody else. */
interface Ticks {
  readonly all: number
  readonly stolen: number
}

/**
 * @returns a function that tells the share of the processors' time that the hypervisor has given to others since now; NaN
 * where the system does not tell
 */
export function watchStolenTime(): () => number {
  const from = ticks()
  return () => {
    const to = ticks()
    return (to.stolen - from.stolen) / (to.all - from.all)
  }
}

function ticks(): Ticks {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const counts = line
      .trim()
      .split(/\s+/)
      .slice(1, 1 + countedColumns)
      .map(Number)
    return {
      all: counts.reduce((sum, count) => sum + count, 0),
      stolen: counts[stolenColumn] ?? Number.NaN,
    }
  } catch {
    return { all: Number.NaN, stolen: Number.NaN }
  }
}
