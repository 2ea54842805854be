/** Connections of a member beside its pool: heartbeats and polls do not queue behind requests. */
export const connectionsBesidePool = 3

/** What all members of a view may open together, and what the database has. */
export interface ConnectionBudget {
  readonly members: number
  /** Of each member. */
  readonly poolMax: number
  readonly allowed: number
}

/** @returns what to say when all pools are full at once and the database has too few connections; undefined when it has enough */
export function connectionShortage({
  members,
  poolMax,
  allowed,
}: ConnectionBudget): string | undefined {
  const wanted = members * (poolMax + connectionsBesidePool)
  if (wanted <= allowed) return undefined
  const each = Math.max(1, Math.floor(allowed / members) - connectionsBesidePool)
  return `${members} members may open ${wanted} connections, and the database has ${allowed}: under load some will be refused. Set db-pool-max-size to ${each} at most, or raise max_connections of PostgreSQL`
}
