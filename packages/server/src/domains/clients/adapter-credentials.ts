import type { Client } from './client.ts'

/** What an application proves itself with: a text, or settings. */
export type AdapterCredential = string | Readonly<Record<string, string | number>>

/** @returns what a client's application is configured with, by the name of the way; none for clients that prove nothing */
export function adapterCredentials({
  clientId,
  representation,
}: Client): Readonly<Record<string, AdapterCredential>> | undefined {
  const { publicClient, bearerOnly, secret = '', clientAuthenticatorType } = representation
  if (publicClient || bearerOnly) return undefined
  switch (clientAuthenticatorType ?? 'client-secret') {
    case 'client-secret':
      return { secret }
    case 'client-secret-jwt':
      return { 'secret-jwt': { secret } }
    case 'client-jwt':
      return {
        jwt: {
          'client-key-password': 'REPLACE WITH THE KEY PASSWORD IN KEYSTORE',
          'client-keystore-file': 'REPLACE WITH THE LOCATION OF YOUR KEYSTORE FILE',
          'client-keystore-password': 'REPLACE WITH THE KEYSTORE PASSWORD',
          'client-key-alias': clientId,
          'token-timeout': 10,
          'client-keystore-type': 'jks',
        },
      }
    default:
      return {}
  }
}
