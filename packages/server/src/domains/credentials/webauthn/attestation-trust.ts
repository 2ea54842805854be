import { X509Certificate } from 'node:crypto'
import type { Clock } from '../../../shared/clock.ts'
import { type AttestationMetadata, readMetadata } from './attestation-metadata.ts'
import { leadsTo } from './certificate-path.ts'
import { WebauthnRefusal } from './webauthn-refusal.ts'

/** What the operator has given for it. */
export interface AttestationFiles {
  /** PEM; null = nobody is asked to vouch for an authenticator. */
  readonly roots: readonly string[] | null
  /** Blob of the FIDO Metadata Service; null without one. */
  readonly metadata: string | null
}

/** How an authenticator says what it is. */
export interface Attested {
  readonly format: string
  readonly aaguid: string
  /** DER, the authenticator's own first; empty where it vouches for itself or says nothing. */
  readonly chain: readonly Uint8Array[]
}

/** Formats whose makers are named by the operator. Those of Apple and of Android have theirs in the library. */
const formats = ['packed', 'tpm', 'fido-u2f']
const untrusted = 'invalid cert path'

/**
 * Who may vouch for a model of authenticators: as Keycloak, everybody where no certificate is trusted, else only those whose
 * certificates lead to one of them, or to one that the metadata name for the model.
 */
export class AttestationTrust {
  readonly #files: AttestationFiles
  readonly #clock: Clock
  #metadata: Promise<AttestationMetadata> | undefined
  #roots: readonly X509Certificate[] | undefined

  constructor(files: AttestationFiles, clock: Clock) {
    this.#files = files
    this.#clock = clock
  }

  /** @throws WebauthnRefusal where nobody who is trusted vouches for it; Error where the metadata cannot be read */
  async require({ format, aaguid, chain }: Attested): Promise<void> {
    const { roots, metadata } = this.#files
    if (!formats.includes(format) || chain.length === 0) return
    if (roots === null && metadata === null) return
    const now = this.#clock.now()
    this.#roots ??= (roots ?? []).map((pem) => new X509Certificate(pem))
    const known = await this.#metadataOf(metadata, this.#roots, now)
    if (known?.revoked.has(aaguid)) throw new WebauthnRefusal(untrusted)
    const ofModel = known?.roots.get(aaguid) ?? []
    const ofKeys = format === 'fido-u2f' ? (known?.rootsOfKeys ?? []) : []
    const trusted = [...this.#roots, ...ofModel, ...ofKeys]
    if (!leadsTo(trusted, certificatesOf(chain), now)) throw new WebauthnRefusal(untrusted)
  }

  async #metadataOf(blob: string | null, roots: readonly X509Certificate[], now: number) {
    if (blob === null) return undefined
    this.#metadata ??= readMetadata(blob, roots, now)
    return await this.#metadata
  }
}

function certificatesOf(chain: readonly Uint8Array[]): X509Certificate[] {
  try {
    return chain.map((der) => new X509Certificate(der))
  } catch {
    throw new WebauthnRefusal(untrusted)
  }
}
