/** How a step of a realm takes certificates (Keycloak's `x509-cert-auth.*`). */
export interface X509Config {
  /** Keycloak's name of where the identity stands in the certificate. */
  readonly source: string
  /** With one group, which is the identity. */
  readonly pattern: string
  readonly canonicalNames: boolean
  readonly serialNumberHex: boolean
  /** Attributes that hold the identity, in the order of its parts; null = user name or e-mail. */
  readonly attributes: readonly string[] | null
  readonly checkValidity: boolean
  /** An authority of this server's trust store has to vouch for it, whatever a proxy says. */
  readonly revalidate: boolean
  readonly keyUsage: readonly string[]
  readonly extendedKeyUsage: readonly string[]
  readonly policies: readonly string[]
  /** All policies have to be there; otherwise one will do. */
  readonly allPolicies: boolean
  readonly crl: CrlConfig | null
  readonly ocsp: OcspConfig | null
  /** The user is asked before the login goes on. */
  readonly confirmed: boolean
}

export interface CrlConfig {
  /** Files or URLs; null = what the certificate names. */
  readonly sources: readonly string[] | null
  /** A list that should have been replaced by now is not good enough. */
  readonly abortIfOutdated: boolean
}

export interface OcspConfig {
  /** Null = what the certificate names. */
  readonly responder: string | null
  /** Base64 of DER, of a responder that is not the issuer's. */
  readonly responderCertificate: string | null
  /** Without an answer the certificate is taken as good. */
  readonly failOpen: boolean
}

/** Between values of one setting. */
const delimiter = '##'
const usualSource = 'Match SubjectDN using regular expression'
const usualPattern = '(.*?)(?:$)'
const usualAttribute = 'usercertificate'
const attributeMapper = 'Custom Attribute Mapper'

/** @param config as the realm holds it */
export function x509ConfigOf(config: Readonly<Record<string, string>>): X509Config {
  const text = (name: string) => config[`x509-cert-auth.${name}`]
  const flag = (name: string) => text(name) === 'true'
  const list = (name: string) =>
    (text(name) ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const byAttribute = text('mapper-selection') === attributeMapper
  const names = text('mapper-selection.user-attribute-name') ?? usualAttribute
  return {
    source: text('mapping-source-selection') ?? usualSource,
    pattern: text('regular-expression') ?? usualPattern,
    canonicalNames: flag('canonical-dn-enabled'),
    serialNumberHex: flag('serialnumber-hex-enabled'),
    attributes: byAttribute ? names.split(delimiter) : null,
    checkValidity: text('timestamp-validation-enabled') !== 'false',
    revalidate: flag('revalidate-certificate-enabled'),
    keyUsage: list('keyusage'),
    extendedKeyUsage: list('extendedkeyusage'),
    policies: list('certificate-policy'),
    allPolicies: text('certificate-policy-mode')?.toLowerCase() !== 'any',
    crl: flag('crl-checking-enabled')
      ? {
          sources: flag('crldp-checking-enabled')
            ? null
            : (text('crl-relative-path') ?? '').split(delimiter).filter((one) => one !== ''),
          abortIfOutdated: config['x509-cert-auth-crl-abort-if-non-updated'] !== 'false',
        }
      : null,
    ocsp: flag('ocsp-checking-enabled')
      ? {
          responder: text('ocsp-responder-uri')?.trim() || null,
          responderCertificate: text('ocsp-responder-certificate')?.trim() || null,
          failOpen: flag('ocsp-fail-open'),
        }
      : null,
    confirmed: !flag('confirmation-page-disallowed'),
  }
}
