import { type Provider, provider } from '../provider.ts'

/** Keys of a realm; their settings are those of the components. */
export const keyProviders: readonly Provider[] = [
  provider('aes-generated', 'AES keys made here'),
  provider('ecdh-generated', 'ECDH keys made here'),
  provider('ecdsa-generated', 'ECDSA keys made here'),
  provider('eddsa-generated', 'EdDSA keys made here'),
  provider('hmac-generated', 'HMAC secrets made here'),
  provider('java-keystore', 'Keys of a Java keystore'),
  provider('rsa', 'RSA keys for signatures, brought along'),
  provider('rsa-enc', 'RSA keys for encryption, brought along'),
  provider('rsa-enc-generated', 'RSA keys for encryption, made here'),
  provider('rsa-generated', 'RSA keys for signatures, made here'),
]

/** Where users may come from besides the realm's own tables. */
export const userStorage: readonly Provider[] = [
  provider('kerberos', 'Kerberos'),
  provider('ldap', 'LDAP'),
]
