import type { SqlConnection, SqlDatabase } from '../log/sql-connection.ts'
import { type Node, type NodeBeat, type NodeProfile, type View, viewOf } from './view.ts'

/** No common version of the mesh protocol with a member: this node must not join. */
export class IncompatibleMember extends Error {
  constructor(member: Node, profile: NodeProfile) {
    super(
      `cluster member ${member.name} (version ${member.version}) speaks mesh protocols ${member.protoMin} to ` +
        `${member.protoMax}, this node ${profile.protoMin} to ${profile.protoMax}`,
    )
  }
}

interface LockedView {
  readonly id: number
  readonly tag: number
}

interface MemberRow {
  readonly node_id: string
  readonly incarnation: number
  readonly name: string
  readonly addr: string | null
  readonly ext_addr: string | null
  readonly site: string | null
  readonly rack: string | null
  readonly machine: string | null
  readonly version: string
  readonly proto_min: number
  readonly proto_max: number
  readonly ord: number
}

/** What a MembershipStore is made of. */
export interface MembershipStoreDeps {
  readonly database: SqlDatabase
  readonly cluster: string
  /** Numbers at least 0 and below 1, for the tags of views. */
  readonly random: () => number
  /** SQL of the database's identity. */
  readonly identitySql: () => string
}

/** The view of one cluster in the database. Every change of it takes the view's row lock first, so changes are serial. */
export class MembershipStore {
  readonly #deps: MembershipStoreDeps

  constructor(deps: MembershipStoreDeps) {
    this.#deps = deps
  }

  /**
   * Enters the view; a former incarnation of this node is replaced.
   * @throws IncompatibleMember
   */
  async join(profile: NodeProfile): Promise<{ view: View; self: Node; identity: string }> {
    const { database, cluster } = this.#deps
    return database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO cluster_view (cluster, view_id, tag, members, db_identity)
         VALUES ($1, 0, 0, '[]', '') ON CONFLICT (cluster) DO NOTHING`,
        [cluster],
      )
      const locked = await this.#lock(tx)
      const others = (await this.#members(tx)).filter((member) => member.id !== profile.id)
      for (const member of others) {
        const common = profile.protoMin <= member.protoMax && member.protoMin <= profile.protoMax
        if (!common) throw new IncompatibleMember(member, profile)
      }
      const self: Node = { ...profile, incarnation: locked.id + 1, ord: locked.id + 1 }
      await this.#insert(tx, self)
      return { ...(await this.#write(tx, locked)), self }
    })
  }

  /**
   * Removes a member that has not moved since it was seen with this heartbeat.
   * @returns whether it was removed; false when it has moved or is gone already
   */
  async evict(beat: NodeBeat): Promise<boolean> {
    return this.#remove(
      'DELETE FROM cluster_member WHERE cluster = $1 AND node_id = $2 AND incarnation = $3 AND beat = $4 RETURNING 1',
      [beat.nodeId, beat.incarnation, beat.beat],
    )
  }

  /** Removes this node itself. */
  async leave(self: Node): Promise<boolean> {
    return this.#remove(
      'DELETE FROM cluster_member WHERE cluster = $1 AND node_id = $2 AND incarnation = $3 RETURNING 1',
      [self.id, self.incarnation],
    )
  }

  async #remove(text: string, values: readonly unknown[]): Promise<boolean> {
    const { database, cluster } = this.#deps
    return database.transaction(async (tx) => {
      const locked = await this.#lock(tx)
      const gone = await tx.query(text, [cluster, ...values])
      if (gone.length === 0) return false
      await this.#write(tx, locked)
      return true
    })
  }

  async #lock(tx: SqlConnection): Promise<LockedView> {
    const [row] = await tx.query<{ view_id: number; tag: number }>(
      'SELECT view_id, tag FROM cluster_view WHERE cluster = $1 FOR UPDATE',
      [this.#deps.cluster],
    )
    return { id: row?.view_id ?? 0, tag: row?.tag ?? 0 }
  }

  async #members(tx: SqlConnection): Promise<Node[]> {
    const rows = await tx.query<MemberRow>(
      `SELECT node_id, incarnation, name, addr, ext_addr, site, rack, machine, version, proto_min, proto_max, ord
         FROM cluster_member WHERE cluster = $1 ORDER BY ord`,
      [this.#deps.cluster],
    )
    return rows.map(nodeOf)
  }

  async #insert(tx: SqlConnection, self: Node): Promise<void> {
    await tx.query('DELETE FROM cluster_member WHERE cluster = $1 AND node_id = $2', [
      this.#deps.cluster,
      self.id,
    ])
    await tx.query(
      `INSERT INTO cluster_member (cluster, node_id, incarnation, name, addr, ext_addr, site, rack, machine, version,
         proto_min, proto_max, ord, beat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)`,
      [
        this.#deps.cluster,
        self.id,
        self.incarnation,
        self.name,
        self.addr,
        self.extAddr,
        self.site,
        self.rack,
        self.machine,
        self.version,
        self.protoMin,
        self.protoMax,
        self.ord,
      ],
    )
  }

  /** Writes the next view from the members' rows; the lock is held. */
  async #write(tx: SqlConnection, locked: LockedView): Promise<{ view: View; identity: string }> {
    const { cluster, random, identitySql } = this.#deps
    const members = await this.#members(tx)
    const id = locked.id + 1
    const tag = 1 + Math.floor(random() * 2 ** 51)
    const [row] = await tx.query<{ db_identity: string }>(
      `UPDATE cluster_view SET view_id = $2, tag = $3, members = $4, db_identity = ${identitySql()}
        WHERE cluster = $1 RETURNING db_identity`,
      [cluster, id, tag, JSON.stringify(members)],
    )
    return { view: viewOf(id, tag, members), identity: row?.db_identity ?? '' }
  }
}

function nodeOf(row: MemberRow): Node {
  return {
    id: row.node_id,
    incarnation: Number(row.incarnation),
    name: row.name,
    addr: row.addr,
    extAddr: row.ext_addr,
    site: row.site,
    rack: row.rack,
    machine: row.machine,
    version: row.version,
    protoMin: row.proto_min,
    protoMax: row.proto_max,
    ord: Number(row.ord),
  }
}
