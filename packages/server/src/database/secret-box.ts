/** Seals secrets at rest with `KC_ENCRYPTION_KEY`; without a key it stores them plain, as Keycloak does. */
export interface SecretBox {
  /** @returns the sealed text (`hf1:<key id>:<base64url>`), or `plain` itself without a key */
  seal(plain: string): string
  /** Opens sealed text; text that was stored plain comes back as it is. @throws when the key is not known */
  open(stored: string): string
}
