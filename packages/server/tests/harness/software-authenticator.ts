import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'

/** What differs from an honest answer. */
export interface Distortion {
  readonly challenge?: string
  readonly origin?: string
  readonly rpId?: string
  readonly type?: string
  /** Whether the authenticator has verified the user; it says so unless told otherwise. */
  readonly userVerified?: boolean
  readonly userHandle?: string
  /** Left as it was: the counter of a copy. */
  readonly counterStays?: boolean
}

/** What a page asks for, as it stands in `data-webauthn`. */
export interface Asked {
  readonly challenge: string
  readonly rpId: string
}

const flagUserPresent = 0x01
const flagUserVerified = 0x04
const flagKeyData = 0x40
const aaguidBytes = 16

/** An authenticator without hardware, which can also answer what no real one would. */
export class SoftwareAuthenticator {
  readonly keyId: Buffer
  readonly #origin: string
  readonly #privateKey: KeyObject
  counter = 0

  /** @param origin of the pages that it answers */
  constructor(
    origin: string,
    known?: { readonly credentialIdBase64: string; readonly privateKeyPkcs8Pem: string },
  ) {
    this.#origin = origin
    this.keyId =
      known === undefined ? randomBytes(32) : Buffer.from(known.credentialIdBase64, 'base64')
    this.#privateKey =
      known === undefined
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
        : createPrivateKey(known.privateKeyPkcs8Pem)
  }

  /** @returns the fields of the form `webauth` */
  assertion(asked: Asked, distortion: Distortion = {}): Record<string, string> {
    if (distortion.counterStays !== true) this.counter += 1
    const authenticatorData = this.#head(asked, distortion, 0)
    const clientDataJSON = this.#clientData('webauthn.get', asked, distortion)
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
    return {
      clientDataJSON: clientDataJSON.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.#privateKey).toString('base64url'),
      credentialId: this.keyId.toString('base64url'),
      userHandle:
        distortion.userHandle === undefined
          ? ''
          : Buffer.from(distortion.userHandle).toString('base64url'),
      error: '',
    }
  }

  /**
   * @param attester who signs a statement `packed`; the key itself without one
   * @returns the fields of the form `register`
   */
  registration(
    asked: Asked,
    distortion: Distortion = {},
    format: 'none' | 'packed' = 'none',
    attester?: { readonly privateKeyPem: string; readonly chain: readonly Buffer[] },
  ): Record<string, string> {
    const keyData = Buffer.concat([
      Buffer.alloc(aaguidBytes),
      Buffer.from([this.keyId.length >> 8, this.keyId.length & 0xff]),
      this.keyId,
      coseKey(this.#privateKey),
    ])
    const authenticatorData = Buffer.concat([this.#head(asked, distortion, flagKeyData), keyData])
    const clientDataJSON = this.#clientData('webauthn.create', asked, distortion)
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
    const signer = attester === undefined ? this.#privateKey : attester.privateKeyPem
    const statement: (readonly [string, Buffer])[] =
      format === 'none'
        ? []
        : [
            ['alg', Buffer.from([0x26])],
            ['sig', cborBytes(sign('sha256', signed, signer))],
            ...(attester === undefined
              ? []
              : [['x5c', cborList(attester.chain.map(cborBytes))] as const]),
          ]
    const attestation = cborMap([
      ['fmt', cborText(format)],
      ['attStmt', cborMap(statement)],
      ['authData', cborBytes(authenticatorData)],
    ])
    return {
      clientDataJSON: clientDataJSON.toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      publicKeyCredentialId: this.keyId.toString('base64url'),
      authenticatorLabel: 'Software key',
      transports: 'usb,nfc',
      authenticatorAttachment: 'cross-platform',
      error: '',
    }
  }

  #head(asked: Asked, { rpId, userVerified }: Distortion, flags: number): Buffer {
    const verified = userVerified === false ? 0 : flagUserVerified
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([
      sha256(Buffer.from(rpId ?? asked.rpId)),
      Buffer.from([flagUserPresent | verified | flags]),
      counter,
    ])
  }

  #clientData(type: string, asked: Asked, distortion: Distortion): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: distortion.type ?? type,
        challenge: distortion.challenge ?? asked.challenge,
        origin: distortion.origin ?? this.#origin,
        crossOrigin: false,
      }),
    )
  }
}

/** @returns what the page of a ceremony asks for */
export function askedOn(page: { readonly body: string }): Asked & Record<string, unknown> {
  const found = /data-webauthn="([^"]*)"/.exec(page.body)?.[1]
  if (found === undefined) throw new Error('the page asks for no key')
  return JSON.parse(
    found.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'),
  ) as Asked & Record<string, unknown>
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** COSE key of type EC2 on P-256, for ES256 (RFC 9053 §7.1). */
function coseKey(privateKey: KeyObject): Buffer {
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    cborBytes(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    cborBytes(Buffer.from(y, 'base64url')),
  ])
}

function cborHead(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff])
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes])
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)])
}

function cborList(elements: readonly Buffer[]): Buffer {
  return Buffer.concat([cborHead(4, elements.length), ...elements])
}

function cborMap(entries: readonly (readonly [string, Buffer])[]): Buffer {
  const members = entries.map(([name, value]) => Buffer.concat([cborText(name), value]))
  return Buffer.concat([cborHead(5, entries.length), ...members])
}
