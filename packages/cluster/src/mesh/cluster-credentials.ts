import { generationsOf, rotationAction, trustedAuthorities } from './certificate-rotation.ts'
import { type ClusterAuthority, createAuthority, issueNodeCredentials } from './certificates.ts'
import type { ClusterLogger } from './complaints.ts'
import type { Mesh, MeshPeer } from './mesh.ts'
import type { MeshCredentials, TlsTransport } from './tls-transport.ts'

/** Where the cluster's authorities live (`cluster_cert`); private keys are sealed at rest by the implementation. */
export interface AuthorityStore {
  load(): Promise<ClusterAuthority[]>
  /**
   * Runs `work` while no other node changes the authorities; writes what it returns.
   * @param work receives the authorities as they are under the lock, returns those to keep, or null to change nothing
   */
  change(
    work: (authorities: ClusterAuthority[]) => Promise<ClusterAuthority[] | null>,
  ): Promise<ClusterAuthority[]>
}

export interface ClusterCredentialsDeps {
  readonly cluster: string
  readonly store: AuthorityStore
  readonly log: ClusterLogger
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** `cache-embedded-mtls-rotation-interval-days`. */
  readonly rotationIntervalDays: number
  /** After this long every member has re-read the authorities, whether it said so or not. */
  readonly settleMs: number
}

const trustKind = 'mesh.trusts'

/**
 * This node's certificate and the authorities that it trusts. `refresh` re-reads the store and swaps credentials when
 * something changed; `rotate` is the coordinator's part.
 */
export class ClusterCredentials {
  readonly #deps: ClusterCredentialsDeps
  #node = ''
  #trusted: readonly string[] = []
  #signer = ''
  #transport: TlsTransport | null = null
  #nextSeen: { id: string; at: number } | null = null

  constructor(deps: ClusterCredentialsDeps) {
    this.#deps = deps
  }

  /** Makes the cluster's first authority if there is none, and this node's first certificate. */
  async open(node: string): Promise<MeshCredentials> {
    this.#node = node
    let authorities = await this.#deps.store.load()
    const { current } = generationsOf(authorities)
    if (current === null || current.expiresAt <= this.#deps.wallClock()) {
      authorities = await this.#step(true)
    }
    return this.#issue(authorities)
  }

  /** From now on changes reach this transport, and peers may ask whether an authority is trusted here. */
  serve(transport: TlsTransport, mesh: Mesh): void {
    this.#transport = transport
    mesh.onRequest(trustKind, async (body) => {
      const id = (body as { id?: unknown } | null)?.id
      if (typeof id !== 'string') return false
      if (!this.#trusted.includes(id)) await this.refresh()
      return this.#trusted.includes(id)
    })
  }

  /** Re-reads the authorities; issues a new certificate if the signing or a trusted one changed. */
  async refresh(): Promise<void> {
    await this.#adopt(await this.#deps.store.load())
  }

  /** The coordinator's turn, to be run under a job lease every few minutes. */
  async rotate(mesh: Mesh, others: readonly MeshPeer[]): Promise<void> {
    const { next } = generationsOf(await this.#deps.store.load())
    await this.#adopt(
      await this.#step(next !== null && (await this.#allTrust(next.id, mesh, others))),
    )
  }

  async #step(allTrustNext: boolean): Promise<ClusterAuthority[]> {
    const { store, cluster, rotationIntervalDays, log, wallClock } = this.#deps
    return store.change(async (authorities) => {
      const now = wallClock()
      const generations = generationsOf(authorities)
      const create = (kind: ClusterAuthority['kind']) =>
        createAuthority(cluster, kind, now, rotationIntervalDays * 2)
      const action = rotationAction(generations, now, rotationIntervalDays, allTrustNext)
      if (action === 'none') return null
      log.info({ action, cluster }, 'Rotating the cluster certificates')
      if (action === 'create-first') return [await create('current')]
      if (action === 'publish-next') return [...authorities, await create('next')]
      const { next, current } = generations as { next: ClusterAuthority; current: ClusterAuthority }
      return [
        { ...next, kind: 'current' },
        { ...current, kind: 'previous' },
      ]
    })
  }

  async #allTrust(id: string, mesh: Mesh, others: readonly MeshPeer[]): Promise<boolean> {
    if (this.#nextSeen?.id !== id) this.#nextSeen = { id, at: this.#deps.now() }
    if (this.#deps.now() - this.#nextSeen.at >= this.#deps.settleMs) return true
    const answers = await Promise.all(
      others.map((peer) => mesh.request(peer.id, trustKind, { id }, 2_000).catch(() => false)),
    )
    return answers.every((trusts) => trusts === true)
  }

  async #adopt(authorities: ClusterAuthority[]): Promise<void> {
    const generations = generationsOf(authorities)
    const trusted = trustedAuthorities(generations, this.#deps.wallClock()).map(({ id }) => id)
    const unchanged =
      generations.current?.id === this.#signer && trusted.join() === this.#trusted.join()
    if (unchanged || generations.current === null) return
    this.#transport?.useCredentials(await this.#issue(authorities))
    this.#deps.log.debug({ signer: this.#signer }, 'This node has a new cluster certificate')
  }

  async #issue(authorities: ClusterAuthority[]): Promise<MeshCredentials> {
    const { cluster, wallClock } = this.#deps
    const generations = generationsOf(authorities)
    const signer = generations.current
    if (signer === null) throw new Error('the cluster has no certificate authority')
    const trusted = trustedAuthorities(generations, wallClock())
    const credentials = await issueNodeCredentials(
      cluster,
      this.#node,
      signer,
      trusted,
      wallClock(),
    )
    this.#signer = signer.id
    this.#trusted = trusted.map(({ id }) => id)
    return credentials
  }
}
