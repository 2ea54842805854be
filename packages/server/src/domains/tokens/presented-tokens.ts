import type { Realm } from '../realms/realm.ts'
import type { AccessTokens, TokenVerdict } from './access-tokens.ts'
import { type Confirmation, unconfirmed } from './confirmation.ts'
import { DpopProblem, type DpopProofs } from './dpop-proofs.ts'

/** An access token in a request, and what its sender shows beside it. */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly text: string
  /** The header `DPoP`. */
  readonly proof: string | readonly string[] | undefined
  /** Thumbprint of the certificate that its sender has shown. */
  readonly certificate: string | undefined
  readonly method: string
  /** Addresses under which the request may have been sent, without query. */
  readonly urls: readonly string[]
}

/** A verdict, with the nonce that the sender is to use next where a proof lacked it. */
export type PresentedVerdict = TokenVerdict & { readonly nonce?: string | undefined }

/** @returns scheme and token of an `Authorization` header (RFC 6750 §2.1, RFC 9449 §7.1); null for any other */
export function readAuthorization(
  header: string | undefined,
): Pick<PresentedToken, 'scheme' | 'text'> | null {
  const [, scheme, text] = /^(Bearer|DPoP) +(\S+)$/i.exec(header ?? '') ?? []
  if (scheme === undefined || text === undefined) return null
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', text }
}

/** Access tokens as resources receive them: a bound one counts only with the proof that belongs to it. */
export class PresentedTokens {
  readonly #accessTokens: Pick<AccessTokens, 'verify'>
  readonly #dpopProofs: Pick<DpopProofs, 'check'>

  constructor(deps: {
    readonly accessTokens: Pick<AccessTokens, 'verify'>
    readonly dpopProofs: Pick<DpopProofs, 'check'>
  }) {
    this.#accessTokens = deps.accessTokens
    this.#dpopProofs = deps.dpopProofs
  }

  /**
   * @param issuer `iss` that this realm's tokens have for this request
   * @param from see AccessTokens.verify
   */
  async verify(
    realm: Realm,
    issuer: string,
    presented: PresentedToken,
    from: 'store' | 'copy' = 'store',
  ): Promise<PresentedVerdict> {
    const { scheme, text } = presented
    const { certificate } = presented
    let holder: Confirmation = certificate === undefined ? unconfirmed : { x5t: certificate }
    if (scheme === 'DPoP') {
      try {
        const request = { ...presented, accessToken: text }
        holder = { ...holder, jkt: await this.#dpopProofs.check(realm, request) }
      } catch (error) {
        if (!(error instanceof DpopProblem)) throw error
        return { valid: false, reason: 'not-confirmed', nonce: error.nonce }
      }
    }
    return await this.#accessTokens.verify(realm, issuer, text, [scheme], from, holder)
  }
}
