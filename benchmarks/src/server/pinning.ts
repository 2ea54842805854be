import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'

const taskset = '/usr/bin/taskset'

/** Whether the server gets a core of its own: where there are two cores and `taskset`, unless `--unpinned` was said. */
export function pinned(): boolean {
  return !process.argv.includes('--unpinned') && cpus().length > 1 && existsSync(taskset)
}

/** What is put before a command that shall run on the server's core. */
export function serverPrefix(): readonly string[] {
  return pinned() ? [taskset, '-c', '0'] : []
}

/** What is put before a command that may use every core, for children of a load generator that may not. */
export function anyCorePrefix(): readonly string[] {
  return pinned() ? [taskset, '-c', `0-${cpus().length - 1}`] : []
}

/** Moves a process, its threads and its future children to the other core: PostgreSQL and the load generator. */
export function moveToOtherCore(pid: number): void {
  if (pinned()) execFileSync(taskset, ['-a', '-p', '-c', '1', String(pid)], { stdio: 'ignore' })
}
