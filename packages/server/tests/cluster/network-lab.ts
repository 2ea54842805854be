import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'

/** Host part of the address that the test itself has in the laboratory. */
const testHost = 254

/** One host of the laboratory: a network namespace with one interface. */
export interface LabHost {
  readonly name: string
  readonly address: string
  /** The other end of its line: an interface of the test's own. */
  readonly port: string
  /** Put before a command, it runs that command on this host. */
  readonly prefix: readonly string[]
}

/** Why network namespaces cannot be made here; null when they can. */
export function labUnavailable(): string | null {
  if (process.getuid?.() !== 0) return 'network tests need root; they are left out'
  try {
    ip('link', 'add', 'hfprobe0', 'type', 'bridge')
    ip('link', 'del', 'hfprobe0')
    return null
  } catch {
    return 'network tests need network namespaces and iproute2; they are left out'
  }
}

/**
 * Hosts on one bridge, each in a network namespace of its own. The test reaches all of them, and can cut them off from each
 * other. They share the file system, so a database on a Unix socket stays in reach whatever happens to the network.
 */
export class NetworkLab implements Disposable {
  readonly #bridge: string
  /** Beginning of every address. */
  readonly #subnet: string
  readonly #family: 'ipv4' | 'ipv6'
  readonly #hosts: LabHost[] = []

  /**
   * @param number tells apart laboratories that exist at the same time; 0 to 99
   * @param family of all addresses: nothing of the other one is in the laboratory
   */
  constructor(number: number, family: 'ipv4' | 'ipv6' = 'ipv4') {
    this.#bridge = `hflab${number}`
    this.#family = family
    this.#subnet = family === 'ipv4' ? `10.231.${number}.` : `fd31:${number}::`
    this.#removeLeftovers()
    ip('link', 'add', this.#bridge, 'type', 'bridge', 'mcast_snooping', '0')
    ip('addr', 'add', ...this.#assigned(this.testAddress), 'dev', this.#bridge)
    ip('link', 'set', this.#bridge, 'up')
  }

  /** Where the hosts reach the test; also their name server. */
  get testAddress(): string {
    return `${this.#subnet}${testHost}`
  }

  addHost(): LabHost {
    const number = this.#hosts.length + 1
    const name = `${this.#bridge}n${number}`
    // `ip netns exec` puts the files of this directory over those of /etc.
    mkdirSync(`/etc/netns/${name}`, { recursive: true })
    writeFileSync(
      `/etc/netns/${name}/resolv.conf`,
      `nameserver ${this.testAddress}\noptions timeout:1\n`,
    )
    const address = `${this.#subnet}${number}`
    ip('netns', 'add', name)
    ip('link', 'add', this.#port(number), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('link', 'set', this.#port(number), 'master', this.#bridge, 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'addr', 'add', ...this.#assigned(address), 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
    ip('-n', name, 'route', 'add', 'default', 'via', this.testAddress)
    const port = this.#port(number)
    const host = { name, address, port, prefix: ['ip', 'netns', 'exec', name] }
    this.#hosts.push(host)
    return host
  }

  /** Hosts cannot reach each other any more; packets vanish without an answer. The test still reaches all. */
  cut(): void {
    this.#isolate('on')
  }

  heal(): void {
    this.#isolate('off')
  }

  [Symbol.dispose](): void {
    this.#removeLeftovers()
  }

  #isolate(state: 'on' | 'off'): void {
    for (let number = 1; number <= this.#hosts.length; number++) {
      execFileSync('bridge', ['link', 'set', 'dev', this.#port(number), 'isolated', state])
    }
  }

  /** An IPv6 address can be used at once only without looking for duplicates. */
  #assigned(address: string): string[] {
    return this.#family === 'ipv4' ? [`${address}/24`] : [`${address}/64`, 'nodad']
  }

  #port(number: number): string {
    return `${this.#bridge}p${number}`
  }

  /** Also what an earlier run that was killed left behind. */
  #removeLeftovers(): void {
    const names = ip('netns', 'list')
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
    for (const name of names) {
      if (!name.startsWith(`${this.#bridge}n`)) continue
      ip('netns', 'del', name)
      rmSync(`/etc/netns/${name}`, { recursive: true, force: true })
    }
    try {
      ip('link', 'del', this.#bridge)
    } catch {
      // There was none.
    }
  }
}

function ip(...words: string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
