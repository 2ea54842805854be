/** Order and page of a listing. */
export interface EventPage {
  /** By time; newest first unless `asc`. */
  readonly direction?: 'asc' | 'desc' | undefined
  readonly first?: number | undefined
  /** Default 100, as in Keycloak. */
  readonly max?: number | undefined
}

/** Query parameters of `GET /admin/realms/{realm}/events`. */
export interface LoginEventFilter extends EventPage {
  readonly types?: readonly string[] | undefined
  readonly client?: string | undefined
  readonly user?: string | undefined
  readonly ipAddress?: string | undefined
  /** Milliseconds since the epoch, included. */
  readonly dateFrom?: number | undefined
  /** Milliseconds since the epoch, included. */
  readonly dateTo?: number | undefined
}

/** Query parameters of `GET /admin/realms/{realm}/admin-events`. */
export interface AdminEventFilter extends EventPage {
  readonly operationTypes?: readonly string[] | undefined
  readonly resourceTypes?: readonly string[] | undefined
  /** `*` stands for any text. */
  readonly resourcePath?: string | undefined
  readonly authRealm?: string | undefined
  readonly authClient?: string | undefined
  readonly authUser?: string | undefined
  readonly authIpAddress?: string | undefined
  /** Milliseconds since the epoch, included. */
  readonly dateFrom?: number | undefined
  /** Milliseconds since the epoch, included. */
  readonly dateTo?: number | undefined
}

export const eventsPerPage = 100
