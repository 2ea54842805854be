import { readFileSync } from 'node:fs'

/** Resident memory of a process in MB; NaN where the system does not tell. */
export function residentMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** Clock ticks of Linux per second, in which /proc counts processor time. */
const ticksPerSecond = 100

/** Processor time that a process used so far, in microseconds; NaN where the system does not tell. */
export function processorMicros(pid: number): number {
  try {
    const [, counters = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = counters.split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond
  } catch {
    return Number.NaN
  }
}
