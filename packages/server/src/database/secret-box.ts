/** Seals secrets at rest with `KC_ENCRYPTION_KEY`; without a key it stores them plain, as Keycloak does. */
export interface SecretBox {
  /** Whether it seals at all: false without a key. */
  readonly encrypts: boolean
  /** @returns the sealed text (`hf1:<key id>:<base64url>`), or `plain` itself without a key */
  seal(plain: string): string
  /**
   * Opens sealed text; text that was stored plain comes back as it is. It tells the two apart by how the text begins, so it is
   * for what this server alone writes. @throws when the key is not known
   */
  open(stored: string): string
  /** @returns whether `seal` would store it in the same way; false for what another key sealed, or nobody */
  isCurrent(stored: string): boolean
}
