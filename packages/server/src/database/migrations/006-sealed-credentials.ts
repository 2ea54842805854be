/** Secret data of credentials under the encryption key, apart from what is stored plain. */
export const sealedCredentials: readonly string[] = [
  'ALTER TABLE credential ADD COLUMN secret_sealed text',
  // A new encryption key seals these again: they are few beside the passwords.
  "CREATE INDEX credential_sealed ON credential (id) WHERE type IN ('otp', 'recovery-authn-codes')",
]
