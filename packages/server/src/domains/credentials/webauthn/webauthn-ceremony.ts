import { randomBase64Url } from '../../../shared/random.ts'
import type { AttestationTrust } from './attestation-trust.ts'
import type { NewWebauthnKey, StoredWebauthnKey } from './stored-webauthn-key.ts'
import type { AssertionAnswer, RegistrationAnswer } from './webauthn-answer.ts'
import { notSpecified, type WebauthnPolicy } from './webauthn-policy.ts'
import { refusalOf, WebauthnRefusal } from './webauthn-refusal.ts'

/** What a registration is checked against. */
export interface Registration {
  readonly policy: WebauthnPolicy
  /** That was sent with the request; empty when there was none, then nothing is accepted. */
  readonly challenge: string
  /** Who may vouch for the authenticator. */
  readonly trust: Pick<AttestationTrust, 'require'>
}

/** Bytes of a challenge (WebAuthn §13.4.3 wants at least 16). */
const challengeBytes = 32

/** @returns a challenge, Base64url */
export function newChallenge(): string {
  return randomBase64Url(challengeBytes)
}

/**
 * Checks the answer to a request for a new key (WebAuthn Level 3 §7.1), then what the realm wants of authenticators.
 * @throws WebauthnRefusal
 */
export async function registeredKey(
  answer: RegistrationAnswer,
  { policy, challenge, trust }: Registration,
): Promise<NewWebauthnKey> {
  requireChallenge(challenge)
  try {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
    const { clientDataJSON, attestationObject } = answer
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        // The key's id is read from what the authenticator has signed.
        id: 'A',
        rawId: 'A',
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...policy.origins],
      expectedRPID: policy.rpId,
      requireUserVerification: policy.userVerification === 'required',
      supportedAlgorithmIDs: [...policy.algorithms],
    })
    if (!verified || registrationInfo === undefined) {
      throw new WebauthnRefusal('Attestation signature is not valid.')
    }
    const { fmt, aaguid, credential } = registrationInfo
    const { certified, chain } = await statementOf(registrationInfo.attestationObject)
    await trust.require({ format: fmt, aaguid, chain })
    requireWanted(policy, { fmt, aaguid, certified, attachment: answer.attachment })
    return {
      keyId: credential.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      aaguid,
      transports: answer.transports,
      attestationFormat: fmt,
    }
  } catch (error) {
    throw refusalOf(error)
  }
}

/**
 * Checks the answer to a request to sign in with a key (WebAuthn Level 3 §7.2). A counter that has not moved on is that of
 * a copy of the authenticator.
 * @returns the counter that the authenticator is at now
 * @throws WebauthnRefusal
 */
export async function provedCounter(
  answer: AssertionAnswer,
  key: StoredWebauthnKey,
  policy: WebauthnPolicy,
  challenge: string,
): Promise<number> {
  requireChallenge(challenge)
  try {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
    const { clientDataJSON, authenticatorData, signature } = answer
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: key.keyId,
        rawId: key.keyId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...policy.origins],
      expectedRPID: policy.rpId,
      credential: { id: key.keyId, publicKey: key.publicKey, counter: key.counter },
      requireUserVerification: policy.userVerification === 'required',
    })
    if (!verified) throw new WebauthnRefusal('Assertion signature is not valid.')
    return authenticationInfo.newCounter
  } catch (error) {
    throw refusalOf(error)
  }
}

/** Without a challenge of ours any old answer would do. */
function requireChallenge(challenge: string): void {
  if (challenge === '') {
    throw new WebauthnRefusal(
      "The server doesn't have a challenge. The client must request the server to issue the challenge before WebAuthn operations.",
    )
  }
}

async function statementOf(attestationObject: Uint8Array<ArrayBuffer>) {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  const statement = decodeAttestationObject(attestationObject).get('attStmt')
  const chain = statement.get('x5c') ?? []
  const certified = statement.get('x5c') !== undefined || statement.get('response') !== undefined
  return { certified, chain }
}

interface Registered {
  readonly fmt: string
  readonly aaguid: string
  /** The maker of the authenticator vouches for its model. */
  readonly certified: boolean
  readonly attachment: string
}

/** What the realm wants beyond what every registration must be. */
function requireWanted(policy: WebauthnPolicy, { fmt, aaguid, certified, ...found }: Registered) {
  const anonymous = [notSpecified, 'none'].includes(policy.attestation)
  if (fmt === 'none' && !anonymous) {
    throw new WebauthnRefusal(
      "AttestationVerifier is not configured to handle the supplied AttestationStatement format 'none'.",
    )
  }
  if (policy.acceptableAaguids.length > 0) {
    if (fmt === 'none') {
      throw new WebauthnRefusal(
        "Acceptable AAGUIDs require an attestation format other than 'none'.",
      )
    }
    if (!certified) throw new WebauthnRefusal('SELF attestations is not allowed.')
    if (!policy.acceptableAaguids.includes(aaguid)) {
      throw new WebauthnRefusal('Not acceptable authenticator model (based on the AAGUID).')
    }
  }
  requireAttachment(policy.attachment, found.attachment)
}

/** As the browser reports it: it is in nothing that the authenticator signs. */
function requireAttachment(wanted: string, found: string): void {
  if (wanted === notSpecified || wanted === found) return
  if (found === '') {
    throw new WebauthnRefusal(
      'Authenticator attachment is required by the policy but was not provided by the client.',
    )
  }
  if (!['platform', 'cross-platform'].includes(found)) {
    throw new WebauthnRefusal(
      'Unexpected authenticator attachment value. Possible values are: platform, cross-platform',
    )
  }
  throw new WebauthnRefusal(
    `Policy requires '${wanted}' authenticator attachment but got '${found}'`,
  )
}
