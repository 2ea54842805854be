import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory of a process in MB; NaN where the system does not tell. */
export function residentMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** Processor time that the threads of a process used so far, in microseconds; NaN where the system does not tell. */
export function processorMicros(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => nanosOf(`/proc/${pid}/task/${task}/schedstat`))
      .reduce((sum, nanos) => sum + nanos / 1_000, 0)
  } catch {
    return Number.NaN
  }
}

/** The first number of the file is the time on a processor; a thread that has ended a moment ago has none. */
function nanosOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}
