import { issuerOf, nameText, subjectOf } from '../../../clients/distinguished-name.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import {
  certificateIdentity,
  identityParts,
} from '../../../credentials/x509/certificate-identity.ts'
import { CertificateRefusal } from '../../../credentials/x509/certificate-refusal.ts'
import type { X509Config } from '../../../credentials/x509/x509-config.ts'
import type { UserId } from '../../../typed-ids.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { StepContext } from '../../engine/step.ts'

export interface CertificateUserDeps {
  readonly users: Pick<Users, 'byLogin' | 'find'>
  readonly credentials: Pick<Credentials, 'x509' | 'failures'>
}

export type CertificateOutcome =
  | { readonly kind: 'user'; readonly user: User; readonly subject: string }
  /** The connection has shown none that anybody vouches for. */
  | { readonly kind: 'none' }
  /** The certificate is not good enough. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The certificate is good, and is nobody's who may sign in. @property error Keycloak's code */
  | { readonly kind: 'nobody'; readonly error: string; readonly userId: UserId | null }

/** Users with one attribute that are looked at: a second one makes the certificate nobody's. */
const foundMax = 20
/** Characters of an identity that anybody is looked up by. */
const identityLengthMax = 8_192

/** Finds out whose certificate the connection has shown, and whether it is good enough for the realm. */
export async function certificateUser(
  deps: CertificateUserDeps,
  context: StepContext,
  config: X509Config,
): Promise<CertificateOutcome> {
  const known = context.certificate()
  // Anybody can sign a certificate for any name: only who is vouched for counts.
  if (known === undefined || !known.trusted) return { kind: 'none' }
  const { certificate, anchored } = known
  const subject = nameText(await subjectOf(certificate))
  context.addDetails({
    x509_cert_serial_number: BigInt(`0x${certificate.serialNumber}`).toString(),
    x509_cert_subject_distinguished_name: subject,
    x509_cert_issuer_distinguished_name: nameText(await issuerOf(certificate)),
  })
  try {
    if (config.revalidate && !anchored) {
      throw new CertificateRefusal('no authority of the trust store vouches for it')
    }
    await deps.credentials.x509.requireGood(known, config)
  } catch (error) {
    if (!(error instanceof CertificateRefusal)) throw error
    return { kind: 'refused', reason: error.message }
  }
  const identity = await certificateIdentity(certificate, config)
  if (identity === null || identity.length > identityLengthMax) {
    return { kind: 'nobody', error: 'invalid_user_credentials', userId: null }
  }
  context.addDetails({ username: identity.slice(0, 255) })
  context.state.attemptedUsername = identity.slice(0, 255)
  return found(deps, context, await userOf(deps, context, identity, config), subject)
}

async function found(
  { credentials }: CertificateUserDeps,
  { realm }: StepContext,
  user: User | null,
  subject: string,
): Promise<CertificateOutcome> {
  if (user === null || user.serviceAccountClientUuid !== null) {
    return { kind: 'nobody', error: 'user_not_found', userId: null }
  }
  const nobody = (error: string) => ({ kind: 'nobody', error, userId: user.id }) as const
  if (await credentials.failures.isLocked(realm, user)) return nobody('user_temporarily_disabled')
  return user.enabled ? { kind: 'user', user, subject } : nobody('user_disabled')
}

/** Two users with the same attribute are none. */
async function userOf(
  { users }: CertificateUserDeps,
  { realm }: StepContext,
  identity: string,
  { attributes }: X509Config,
): Promise<User | null> {
  if (attributes === null) return await users.byLogin(realm, identity.trim())
  const values = identityParts(identity)
  const [name, ...others] = attributes
  if (name === undefined || attributes.length !== values.length) return null
  const candidates = await users.find({
    realmId: realm.id,
    attributes: { [name]: values[0] ?? '' },
    serviceAccounts: false,
    max: foundMax,
  })
  const same = candidates.filter(
    (user) =>
      user.attributes[name]?.includes(values[0] ?? '') === true &&
      others.every((other, index) => user.attributes[other]?.[0] === values[index + 1]),
  )
  return same.length === 1 && candidates.length < foundMax ? (same[0] ?? null) : null
}
