import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory of a process and its children in MB; NaN where the system does not tell. */
export function residentMegabytes(pid: number): number {
  return sumOverTree(pid, (each) => {
    const status = readFileSync(`/proc/${each}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
  })
}

/**
 * Processor time that the threads of a process and its children used so far, in microseconds; NaN where the system does
 * not tell.
 */
export function processorMicros(pid: number): number {
  return sumOverTree(pid, (each) =>
    threadsOf(each)
      .map((thread) => nanosOf(`${thread}/schedstat`))
      .reduce((sum, nanos) => sum + nanos / 1_000, 0),
  )
}

/** Processor time of a process's main thread so far, in microseconds; NaN where the system does not tell. */
export function mainThreadMicros(pid: number): number {
  const nanos = nanosOf(`/proc/${pid}/task/${pid}/schedstat`)
  return nanos === 0 ? Number.NaN : nanos / 1_000
}

function sumOverTree(pid: number, measure: (pid: number) => number): number {
  try {
    const children = childrenOfAll()
    const tree = [pid]
    for (const each of tree) tree.push(...(children.get(each) ?? []))
    return tree.reduce((sum, each) => sum + measure(each), 0)
  } catch {
    return Number.NaN
  }
}

/** The children of every process that has some. */
function childrenOfAll(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  return children
}

/** @returns undefined for a process that has ended meanwhile */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; what follows it are the state and the parent (proc(5)).
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`)
}

/** The first number of the file is the time on a processor; a thread that has ended a moment ago has none. */
function nanosOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}
