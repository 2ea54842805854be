import { aligned, figure } from './table.ts'

/** What was aimed at, and what was measured. */
export interface Target {
  readonly name: string
  readonly measured: number
  readonly bound: number
  readonly unit: string
  /** Whether `bound` is the least or the most that is wanted. */
  readonly wanted: 'least' | 'most'
}

/** A target that is met from `bound` upwards. */
export function atLeast(name: string, measured: number, bound: number, unit = ''): Target {
  return { name, measured, bound, unit, wanted: 'least' }
}

/** A target that is met up to `bound`. */
export function atMost(name: string, measured: number, bound: number, unit = ''): Target {
  return { name, measured, bound, unit, wanted: 'most' }
}

/** Whether a target is met; what could not be measured is not. */
function isMet({ measured, bound, wanted }: Target): boolean {
  return wanted === 'least' ? measured >= bound : measured <= bound
}

/** The targets as a Markdown table. */
export function targetTable(targets: readonly Target[]): string {
  const text = (value: number, unit: string): string => `${figure(value)} ${unit}`.trim()
  return aligned([
    ['target', 'measured', 'wanted', ''],
    ...targets.map((target) => [
      target.name,
      text(target.measured, target.unit),
      `${target.wanted === 'least' ? '≥' : '≤'} ${text(target.bound, target.unit)}`,
      isMet(target) ? 'met' : 'MISSED',
    ]),
  ])
}
