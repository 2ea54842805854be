import { createSocket, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import type { ClusterLogger } from '../mesh/complaints.ts'
import { type Discovery, NetworkSettingRefused } from './discovery.ts'

/** JGroups' defaults; every cluster in one network needs its own. */
export const multicastDefaults = { address: '239.6.7.8', port: 46_655 } as const

const datagramBytesMax = 1_024
const knownMax = 256
const answerIntervalMs = 1_000
const questionIntervalMs = 10_000
/** A node that was not heard of for three questions is not reported any more. */
const forgetAfterMs = 3 * questionIntervalMs

export interface MulticastDiscoveryDeps {
  readonly cluster: string
  /** This node's id: its own datagrams come back to it and are dropped. */
  readonly node: string
  /** Where this node's mesh listens. */
  readonly address: string
  /** The interface address to join on. */
  readonly bindAddress: string
  readonly group: string
  readonly port: number
  readonly log: ClusterLogger
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
}

interface Datagram {
  readonly holdfast: 'who' | 'here'
  readonly cluster: string
  readonly node: string
  readonly address: string
}

/**
 * Multicast discovery of the `tcp` (MPING) and `udp` (PING) stacks: asks the group who is there, and answers who asks.
 * Data never travels over UDP. Anyone in the network can write into a group, so what is heard is only ever reported.
 */
export class MulticastDiscovery implements Discovery {
  readonly #deps: MulticastDiscoveryDeps
  readonly #heard = new Map<string, { address: string; at: number }>()
  readonly #socket: Socket
  #timer: NodeJS.Timeout | null = null
  #answeredAt = Number.NEGATIVE_INFINITY

  constructor(deps: MulticastDiscoveryDeps) {
    const family = isIP(deps.group)
    if (family === 0)
      throw new NetworkSettingRefused(`jgroups.mcast_addr=${deps.group} is no address`)
    this.#deps = deps
    this.#socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', reuseAddr: true })
  }

  get description(): string {
    return `multicast ${this.#deps.group}:${this.#deps.port}`
  }

  /** Joins the group. @throws NetworkSettingRefused when this network has no multicast */
  async open(): Promise<void> {
    const { group, port, bindAddress, log } = this.#deps
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) =>
        reject(new NetworkSettingRefused(`cannot use ${this.description}: ${error.message}`))
      this.#socket.once('error', refuse)
      // Exclusive: workers of one machine each have a socket of their own, not one from their supervisor.
      this.#socket.bind({ port, exclusive: true }, () => {
        try {
          this.#socket.addMembership(group, bindAddress)
          this.#socket.setMulticastInterface(bindAddress)
          this.#socket.setMulticastTTL(2)
          this.#socket.setMulticastLoopback(true)
        } catch (error) {
          this.#socket.close()
          refuse(error as Error)
          return
        }
        this.#socket.off('error', refuse)
        resolve()
      })
    })
    this.#socket.on('error', (err) => log.warn({ err }, 'Multicast discovery failed'))
    this.#socket.on('message', (bytes) => this.#receive(bytes))
    this.#ask()
    this.#timer = setInterval(() => this.#ask(), questionIntervalMs)
    this.#timer.unref()
  }

  async find(): Promise<string[]> {
    const { now } = this.#deps
    for (const [node, { at }] of this.#heard) {
      if (now() - at > forgetAfterMs) this.#heard.delete(node)
    }
    return [...this.#heard.values()].map(({ address }) => address)
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }

  #ask(): void {
    this.#send('who')
  }

  #send(what: Datagram['holdfast']): void {
    const { cluster, node, address, log, port, group } = this.#deps
    const datagram: Datagram = { holdfast: what, cluster, node, address }
    this.#socket.send(JSON.stringify(datagram), port, group, (err) => {
      if (err !== null) log.debug({ err }, 'A discovery datagram was not sent')
    })
  }

  #receive(bytes: Buffer): void {
    const datagram = parseDatagram(bytes)
    if (datagram === null || datagram.cluster !== this.#deps.cluster) return
    if (datagram.node === this.#deps.node) return
    if (!this.#heard.has(datagram.node) && this.#heard.size >= knownMax) return
    this.#heard.set(datagram.node, { address: datagram.address, at: this.#deps.now() })
    if (datagram.holdfast === 'who') this.#answer()
  }

  /**
   * To the group, not to who asked: several nodes of one machine share the port, and a datagram to it alone would reach
   * only one of them. One answer serves all who ask within a second.
   */
  #answer(): void {
    if (this.#deps.now() - this.#answeredAt < answerIntervalMs) return
    this.#answeredAt = this.#deps.now()
    this.#send('here')
  }
}

function parseDatagram(bytes: Buffer): Datagram | null {
  if (bytes.length > datagramBytesMax) return null
  try {
    const { holdfast, cluster, node, address } = JSON.parse(bytes.toString('utf8'))
    const texts = [cluster, node, address].every((each) => typeof each === 'string')
    return texts && (holdfast === 'who' || holdfast === 'here')
      ? { holdfast, cluster, node, address }
      : null
  } catch {
    return null
  }
}
