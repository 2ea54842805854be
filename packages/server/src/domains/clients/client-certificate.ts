import type { KeyStock } from '../keys/key-stock.ts'
import { selfSignedCertificate } from '../keys/self-signed-certificate.ts'
import type { ClientId } from '../typed-ids.ts'

/** Bits of the RSA keys that Keycloak makes for clients. */
export const clientKeyBits = 4_096

/** A key of a client with its certificate, as attributes hold them: DER, base64. */
export interface ClientCertificate {
  readonly certificate: string
  /** PKCS #1, as Keycloak writes it. Absent where only the certificate was given. */
  readonly privateKey?: string | undefined
}

/** @returns a new RSA key with a certificate that it signs for itself, in the name of the client */
export async function newClientCertificate(
  clientId: ClientId,
  stock: Pick<KeyStock, 'take'>,
  bits: number = clientKeyBits,
): Promise<ClientCertificate> {
  const pair = await stock.take(bits)
  const pkcs1 = pair.privateKey.export({ format: 'der', type: 'pkcs1' })
  return {
    privateKey: pkcs1.toString('base64'),
    certificate: await selfSignedCertificate(clientId, pair),
  }
}
