/** How the name of a secret is made of the realm and the key that its setting names. */
export const keyResolvers = ['REALM_UNDERSCORE_KEY', 'KEY_ONLY', 'REALM_FILESEPARATOR_KEY'] as const
export type KeyResolver = (typeof keyResolvers)[number]

/** Where secrets are that settings of realms only name. */
export type VaultSettings =
  | {
      readonly kind: 'file'
      /** Absolute; a file for each secret. */
      readonly directory: string
      readonly resolvers: readonly KeyResolver[]
    }
  | {
      readonly kind: 'keystore'
      /** PKCS#12, absolute. */
      readonly file: string
      readonly password: string
      readonly resolvers: readonly KeyResolver[]
    }
