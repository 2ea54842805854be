/** The node at which a browser is to stay, for balancers that read it from the cookie AUTH_SESSION_ID. */
export interface SessionRoutes {
  /** What the cookie ends with behind a dot; undefined where nothing is attached. */
  readonly own: string | undefined
  /** @returns whether requests with that route can still be sent to where it leads */
  leadsSomewhere(route: string): boolean
}

/** Without other nodes there is nothing to choose among. */
export const noRoutes: SessionRoutes = { own: undefined, leadsSomewhere: () => true }
