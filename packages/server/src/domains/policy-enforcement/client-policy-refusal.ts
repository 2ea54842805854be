/** A client policy refuses what somebody asks for; the endpoint says so in its own way. */
export class ClientPolicyRefusal extends Error {
  /** OAuth's error code, or that of Keycloak's event. */
  readonly error: string
  readonly status: number
  /** It is about where the answer goes: no browser is sent there, not even with this. */
  readonly ofRedirect: boolean

  /** @param description Keycloak's words */
  constructor(error: string, description: string, status = 400, ofRedirect = false) {
    super(description)
    this.error = error
    this.status = status
    this.ofRedirect = ofRedirect
  }
}
