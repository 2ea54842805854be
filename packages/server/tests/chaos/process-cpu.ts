import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second in `/proc/<pid>/stat`: the same on every Linux. */
const ticksPerSecond = 100

interface Usage {
  readonly parent: number
  readonly seconds: number
}

/** @returns seconds of processor time that a process and its children, also those that have ended, have used so far */
export function cpuSeconds(pid: number): number {
  let seconds = usageOf(pid)?.seconds ?? 0
  for (const name of readdirSync('/proc')) {
    const usage = /^\d+$/.test(name) ? usageOf(Number(name)) : null
    if (usage?.parent === pid) seconds += usage.seconds
  }
  return seconds
}

/** @returns the process's resident memory in MiB, its children left out */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024
}

/** Fields of proc(5), counted after the command, which may contain anything. */
function usageOf(pid: number): Usage | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0)
    return { parent: Number(fields[1]), seconds: ticks / ticksPerSecond }
  } catch {
    return null
  }
}
