import { execFileSync } from 'node:child_process'
import type { LabHost } from '../cluster/network-lab.ts'

/** Which packets of a host vanish. */
export interface Drop {
  /** As seen from the host. */
  readonly direction: 'in' | 'out'
  /** Address of the other end. */
  readonly peer: string
  /** TCP port at the other end; all traffic with the peer when left out. */
  readonly peerPort?: number
  /** Share of packets that vanish, all when left out. */
  readonly share?: number
}

/** Lets packets of one host vanish without an answer. What the test itself sends stays untouched unless a rule names it. */
export class Firewall {
  readonly #host: LabHost

  constructor(host: LabHost) {
    this.#host = host
  }

  drop(rule: Drop): void {
    const incoming = rule.direction === 'in'
    const port = incoming ? '--sport' : '--dport'
    this.#iptables([
      '-A',
      incoming ? 'INPUT' : 'OUTPUT',
      incoming ? '-s' : '-d',
      rule.peer,
      ...(rule.peerPort === undefined ? [] : ['-p', 'tcp', port, String(rule.peerPort)]),
      ...(rule.share === undefined
        ? []
        : ['-m', 'statistic', '--mode', 'random', '--probability', String(rule.share)]),
      '-j',
      'DROP',
    ])
  }

  clear(): void {
    this.#iptables(['-F'])
  }

  #iptables(words: readonly string[]): void {
    const [command = '', ...prefix] = this.#host.prefix
    execFileSync(command, [...prefix, 'iptables', '-w', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
}
