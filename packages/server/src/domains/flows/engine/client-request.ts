/** What a client asked for when it sent a browser to sign in: the same for every protocol. */
export interface ClientRequest {
  /** `openid-connect`. */
  readonly protocol: string
  /** Where the browser goes in the end; checked against the client's settings. */
  readonly redirectUri: string
  /** Wishes that are acted upon: `none`, `login`, `consent`, `create`. */
  readonly prompt: readonly string[]
  /** Seconds since the login after which it has to be repeated; null = no wish. */
  readonly maxAge: number | null
  readonly loginHint: string | null
  readonly uiLocales: string | null
  /** Requested level of authentication; -1 = none asked for. */
  readonly requestedLoa: number
  /** The level is essential: without it there is no login. */
  readonly loaForced: boolean
  /** Action that the client starts (`UPDATE_PASSWORD`, `delete_credential:<id>`). */
  readonly kcAction: string | null
  /** Scopes as asked for, separated by blanks. */
  readonly scope: string
  /** Further parameters of the protocol: `response_type`, `response_mode`, `state`, `nonce`, `code_challenge`, … */
  readonly parameters: Readonly<Record<string, string>>
}

/** Parameter that a login under way keeps: alias of the flow that client policies want. No request can set it. */
export const flowParameter = 'policy_flow'

/** Keycloak's value for "no level of authentication". */
export const noLoa = -1

/** A request that wishes for nothing and leads nowhere: what one that comes from no client begins with. */
export const plainRequest: ClientRequest = {
  protocol: 'openid-connect',
  redirectUri: '',
  prompt: [],
  maxAge: null,
  loginHint: null,
  uiLocales: null,
  requestedLoa: noLoa,
  loaForced: false,
  kcAction: null,
  scope: '',
  parameters: {},
}
