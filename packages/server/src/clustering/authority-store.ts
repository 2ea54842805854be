import type { AuthorityStore, ClusterAuthority } from '@holdfast/cluster'
import type { Database, Queryable } from '../database/database.ts'
import type { SecretBox } from '../database/secret-box.ts'

interface Row {
  readonly id: string
  readonly kind: ClusterAuthority['kind']
  readonly certificate: string
  readonly private_key: string
  readonly created_at: number
  readonly expires_at: number
}

/** The certificate authorities of the cluster in `cluster_cert`, private keys sealed. A table of three rows. */
export class SqlAuthorityStore implements AuthorityStore {
  readonly #database: Database
  readonly #secrets: SecretBox

  constructor(database: Database, secrets: SecretBox) {
    this.#database = database
    this.#secrets = secrets
  }

  load(): Promise<ClusterAuthority[]> {
    return this.#read(this.#database)
  }

  /** The lock conflicts with itself and with nothing that a plain read takes. */
  async change(
    work: (authorities: ClusterAuthority[]) => Promise<ClusterAuthority[] | null>,
  ): Promise<ClusterAuthority[]> {
    return this.#database.transaction(
      async (tx) => {
        await tx.query('LOCK TABLE cluster_cert IN SHARE ROW EXCLUSIVE MODE')
        const before = await this.#read(tx)
        const after = await work(before)
        if (after === null) return before
        await tx.query('DELETE FROM cluster_cert')
        for (const authority of after) await this.#insert(tx, authority)
        return after
      },
      // Making a key takes a moment of this node's own time while the lock is held.
      { statementTimeoutMs: 10_000 },
    )
  }

  async #read(connection: Queryable): Promise<ClusterAuthority[]> {
    const rows = await connection.query<Row>(
      'SELECT id, kind, certificate, private_key, created_at, expires_at FROM cluster_cert',
    )
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      certificate: row.certificate,
      privateKey: this.#secrets.open(row.private_key),
      createdAt: Number(row.created_at),
      expiresAt: Number(row.expires_at),
    }))
  }

  async #insert(tx: Queryable, authority: ClusterAuthority): Promise<void> {
    const { id, kind, certificate, privateKey, createdAt, expiresAt } = authority
    await tx.query(
      `INSERT INTO cluster_cert (id, kind, certificate, private_key, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, kind, certificate, this.#secrets.seal(privateKey), createdAt, expiresAt],
    )
  }
}
