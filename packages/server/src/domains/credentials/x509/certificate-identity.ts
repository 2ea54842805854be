import { createHash, type X509Certificate } from 'node:crypto'
import { RE2JS } from 're2js'
import { ownMember } from '../../../shared/own-member.ts'
import {
  canonicalNameText,
  type DistinguishedName,
  issuerOf,
  nameText,
  subjectOf,
} from '../../clients/distinguished-name.ts'
import { parsedCertificate, x509Library } from './parsed-certificate.ts'
import type { X509Config } from './x509-config.ts'

type Settings = Pick<X509Config, 'source' | 'pattern' | 'canonicalNames' | 'serialNumberHex'>
type Source = (certificate: X509Certificate, config: Settings) => Promise<string | null>

const commonName = '2.5.4.3'
const emailAddress = '1.2.840.113549.1.9.1'
/** Between the parts of an identity that has several. */
const delimiter = '##'

/** By Keycloak's names of the sources. */
const sources: Readonly<Record<string, Source>> = {
  'Match SubjectDN using regular expression': async (certificate, config) =>
    matched(written(await subjectOf(certificate), config), config.pattern),
  'Match IssuerDN using regular expression': async (certificate, config) =>
    matched(written(await issuerOf(certificate), config), config.pattern),
  "Subject's Common Name": async (certificate) =>
    attributeOf(await subjectOf(certificate), commonName),
  "Subject's e-mail": async (certificate) =>
    attributeOf(await subjectOf(certificate), emailAddress),
  "Subject's Alternative Name E-mail": (certificate) => alternativeName(certificate, 'email'),
  // Name of a user in Active Directory.
  "Subject's Alternative Name otherName (UPN)": (certificate) =>
    alternativeName(certificate, 'upn'),
  'Certificate Serial Number': async (certificate, config) => serialNumber(certificate, config),
  'Certificate Serial Number and IssuerDN': async (certificate, config) =>
    `${serialNumber(certificate, config)}${delimiter}${written(await issuerOf(certificate), config)}`,
  'SHA-256 Thumbprint': async ({ raw }) => createHash('sha256').update(raw).digest('hex'),
  'Full Certificate in PEM format': async ({ raw }) => raw.toString('base64'),
}

/** @returns whose certificate it is, as the realm reads it; null where it does not say */
export async function certificateIdentity(
  certificate: X509Certificate,
  config: Settings,
): Promise<string | null> {
  const source = ownMember(sources, config.source)
  const identity = (await source?.(certificate, config)) ?? null
  return identity === '' ? null : identity
}

/** @returns the parts of an identity that is compared with several attributes */
export function identityParts(identity: string): string[] {
  return identity.split(delimiter)
}

function written(name: DistinguishedName, { canonicalNames }: Settings): string {
  return canonicalNames ? canonicalNameText(name) : nameText(name)
}

/** In linear time; a pattern that needs more, or has not exactly one group, finds nobody. */
function matched(text: string, pattern: string): string | null {
  try {
    const matcher = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).matcher(text)
    return matcher.groupCount() === 1 && matcher.find() ? (matcher.group(1) ?? null) : null
  } catch {
    return null
  }
}

/** The last one in the certificate's order is the first in that of names. */
function attributeOf(name: DistinguishedName, type: string): string | null {
  return name.flat().find((attribute) => attribute.type === type)?.value ?? null
}

/** As Java counts: with a leading zero byte where the number would look negative. */
function serialNumber(certificate: X509Certificate, { serialNumberHex }: Settings): string {
  const hex = certificate.serialNumber.toLowerCase()
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  if (!serialNumberHex) return BigInt(`0x${even}`).toString()
  return /^[89a-f]/.test(even) ? `00${even}` : even
}

/** The first name of its kind among the certificate's alternative names. */
async function alternativeName(
  certificate: X509Certificate,
  kind: 'email' | 'upn',
): Promise<string | null> {
  const { SubjectAlternativeNameExtension } = await x509Library()
  const parsed = await parsedCertificate(certificate)
  const names = parsed.getExtension(SubjectAlternativeNameExtension)?.names.items ?? []
  return names.find(({ type }) => type === kind)?.value ?? null
}
