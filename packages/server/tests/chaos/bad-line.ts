import { execFileSync } from 'node:child_process'
import type { LabHost } from '../cluster/network-lab.ts'

/** How bad a line is, in each direction. */
export interface LineQuality {
  readonly lossPercent: number
  readonly delayMs: number
}

/**
 * Makes everything that reaches or leaves a host late and incomplete, with `tc netem` at both ends of its line.
 * @returns false where the kernel has no netem; nothing is changed then
 */
export function degradeLine(host: LabHost, { lossPercent, delayMs }: LineQuality): boolean {
  const words = ['root', 'netem', 'delay', `${delayMs}ms`, 'loss', `${lossPercent}%`]
  try {
    for (const end of endsOf(host))
      run([...end.prefix, 'tc', 'qdisc', 'replace', 'dev', end.device, ...words])
    return true
  } catch {
    restoreLine(host)
    return false
  }
}

/** Undoes {@link degradeLine}; a line that is good already stays so. */
export function restoreLine(host: LabHost): void {
  for (const { prefix, device } of endsOf(host)) {
    try {
      run([...prefix, 'tc', 'qdisc', 'del', 'dev', device, 'root'])
    } catch {
      // It had none.
    }
  }
}

function endsOf({ prefix, port }: LabHost) {
  return [
    { prefix, device: 'eth0' },
    { prefix: [], device: port },
  ]
}

function run([command = '', ...words]: readonly string[]): void {
  execFileSync(command, words, { stdio: 'ignore' })
}
