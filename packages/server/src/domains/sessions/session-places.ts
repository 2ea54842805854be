/** Where sessions of one kind are, with what clients have of them. */
export interface SessionTables {
  readonly users: string
  readonly clients: string
}

/** Tables with a log: they survive whatever the database survives. */
const logged: SessionTables = { users: 'user_session', clients: 'client_session' }
/** UNLOGGED tables: PostgreSQL empties them when it recovers from a crash, and no standby has them. */
const unlogged: SessionTables = {
  users: 'volatile_user_session',
  clients: 'volatile_client_session',
}

/** Which sessions are in which tables. Offline sessions are always in those with a log. */
export class SessionPlaces {
  readonly online: SessionTables
  readonly offline: SessionTables = logged
  /** Whether both kinds share their tables, so that one statement sees both. */
  readonly shared: boolean

  /** @param persistent false keeps online sessions in UNLOGGED tables (feature `persistent-user-sessions`) */
  constructor(persistent = true) {
    this.online = persistent ? logged : unlogged
    this.shared = persistent
  }

  of(offline: boolean): SessionTables {
    return offline ? this.offline : this.online
  }

  /** All tables that sessions are in, each once. */
  get all(): readonly SessionTables[] {
    return this.shared ? [logged] : [unlogged, logged]
  }

  /** What the other mode may have left behind: nobody reads it, and it must not come back with that mode. */
  get left(): { readonly tables: SessionTables; readonly condition: string } {
    return this.shared
      ? { tables: unlogged, condition: 'true' }
      : { tables: logged, condition: 'NOT s.offline' }
  }

  /**
   * For lists: SQL of all sessions of a kind, or of both.
   * @param which table of a pair
   * @param kind null = both
   */
  listed(which: keyof SessionTables, kind: boolean | null): string {
    if (this.shared) return logged[which]
    if (kind !== null) return this.of(kind)[which]
    return `(SELECT * FROM ${unlogged[which]} UNION ALL SELECT * FROM ${logged[which]} WHERE offline)`
  }
}
