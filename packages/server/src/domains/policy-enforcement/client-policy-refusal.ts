/** A client policy refuses what somebody asks for; the endpoint says so in its own way. */
export class ClientPolicyRefusal extends Error {
  /** OAuth's error code, or that of Keycloak's event. */
  readonly error: string
  readonly status: number

  /** @param description Keycloak's words */
  constructor(error: string, description: string, status = 400) {
    super(description)
    this.error = error
    this.status = status
  }
}
