import { type Credential, numberMember, textMember } from '../credential.ts'

/** A registered key as it is compared with an answer. */
export interface StoredWebauthnKey {
  /** The authenticator's own id of it, Base64url. */
  readonly keyId: string
  /** COSE key, CBOR. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly counter: number
  readonly aaguid: string
  readonly transports: readonly string[]
}

/** What registration has found out about a key. */
export interface NewWebauthnKey extends StoredWebauthnKey {
  /** Format of the attestation: `none`, `packed`, … */
  readonly attestationFormat: string
}

/** @returns the key of a stored credential; undefined for one that an import brought and that holds none */
export function storedKeyOf({
  credentialData: stored,
}: Pick<Credential, 'credentialData'>): StoredWebauthnKey | undefined {
  const id = textMember(stored, 'credentialId') ?? ''
  const key = textMember(stored, 'credentialPublicKey') ?? ''
  if (id === '' || key === '') return undefined
  const transports = stored['transports']
  return {
    keyId: Buffer.from(id, 'base64').toString('base64url'),
    publicKey: new Uint8Array(Buffer.from(key, 'base64url')),
    counter: numberMember(stored, 'counter', 0),
    aaguid: textMember(stored, 'aaguid') ?? '',
    transports: Array.isArray(transports)
      ? transports.filter((one): one is string => typeof one === 'string')
      : [],
  }
}

/** @returns the members that Keycloak stores, so that exports of either server work in the other */
export function storedFormOf(
  key: NewWebauthnKey,
): Pick<Credential, 'secretData' | 'credentialData'> {
  return {
    secretData: {},
    credentialData: {
      aaguid: key.aaguid,
      credentialId: Buffer.from(key.keyId, 'base64url').toString('base64'),
      counter: key.counter,
      credentialPublicKey: Buffer.from(key.publicKey).toString('base64url'),
      attestationStatementFormat: key.attestationFormat,
      transports: [...key.transports],
    },
  }
}
