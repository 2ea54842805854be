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

/** Where online sessions are: rows with a log, rows without one, or no rows at all. */
export type OnlineSessions = 'logged' | 'unlogged' | 'elsewhere'

/** What nobody reads, and what picks it out. */
export interface LeftSessions {
  readonly tables: SessionTables
  readonly condition: string
}

/** Which sessions are in which tables. Offline sessions are always in those with a log. */
export class SessionPlaces {
  readonly online: SessionTables
  readonly offline: SessionTables = logged
  /** Whether both kinds share their tables, so that one statement sees both. */
  readonly shared: boolean

  readonly #online: OnlineSessions

  /** @param online `unlogged` and `elsewhere` without the feature `persistent-user-sessions` */
  constructor(online: OnlineSessions = 'logged') {
    this.online = online === 'logged' ? logged : unlogged
    this.shared = online === 'logged'
    this.#online = online
  }

  of(offline: boolean): SessionTables {
    return offline ? this.offline : this.online
  }

  /** All tables that sessions are in, each once. */
  get all(): readonly SessionTables[] {
    return this.#online === 'unlogged' ? [unlogged, logged] : [logged]
  }

  /** What other modes may have left behind: nobody reads it, and it must not come back with that mode. */
  get left(): readonly LeftSessions[] {
    const ofUnlogged = { tables: unlogged, condition: 'true' }
    const ofLogged = { tables: logged, condition: 'NOT s.offline' }
    if (this.#online === 'elsewhere') return [ofUnlogged, ofLogged]
    return this.shared ? [ofUnlogged] : [ofLogged]
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
