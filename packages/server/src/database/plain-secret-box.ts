import { UnknownEncryptionKey } from './aes-secret-box.ts'
import type { SecretBox } from './secret-box.ts'

/** Without `KC_ENCRYPTION_KEY`: secrets are stored as they are, as Keycloak does. */
export const plainSecretBox: SecretBox = {
  encrypts: false,
  seal: (plain) => plain,
  open: (stored) => {
    const sealed = /^hf1:([^:]+):/.exec(stored)
    if (sealed?.[1] !== undefined) throw new UnknownEncryptionKey(sealed[1])
    return stored
  },
  isCurrent: () => true,
}
