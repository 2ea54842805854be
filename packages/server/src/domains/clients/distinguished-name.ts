import type { X509Certificate } from 'node:crypto'
import { ownMember } from '../../shared/own-member.ts'

/** One attribute of a name: `CN=app`. */
interface NameAttribute {
  /** Dotted. */
  readonly type: string
  readonly value: string
}

/** From the most significant part to the least, the other way round than in a certificate; each has one attribute or more. */
export type DistinguishedName = readonly (readonly NameAttribute[])[]

/** Keywords that Java and Keycloak read, in upper case. */
const types: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SURNAME: '2.5.4.4',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  S: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  T: '2.5.4.12',
  BUSINESSCATEGORY: '2.5.4.15',
  GIVENNAME: '2.5.4.42',
  INITIALS: '2.5.4.43',
  GENERATION: '2.5.4.44',
  DNQUALIFIER: '2.5.4.46',
  DNQ: '2.5.4.46',
  ORGANIZATIONIDENTIFIER: '2.5.4.97',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  EMAILADDRESS: '1.2.840.113549.1.9.1',
  EMAIL: '1.2.840.113549.1.9.1',
  E: '1.2.840.113549.1.9.1',
  JURISDICTIONCOUNTRYNAME: '1.3.6.1.4.1.311.60.2.1.3',
}
/** Keywords as Java's `Principal.getName()` writes them. */
const keywords: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(types)
    .reverse()
    .filter(([keyword]) => !['E', 'EMAIL', 'DNQ', 'S'].includes(keyword))
    .map(([keyword, type]) => [type, keyword]),
)
const nameCharactersMax = 4_000

/**
 * Reads a name as RFC 4514 (and RFC 2253 and 1779 before it) writes it: `CN=app,O=Acme\, Inc.`.
 * @returns null for anything else
 */
export function parseDistinguishedName(text: string): DistinguishedName | null {
  if (text.length > nameCharactersMax) return null
  const pattern =
    /\s*([A-Za-z][A-Za-z0-9-]*|(?:OID\.)?\d+(?:\.\d+)+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|((?:[^,;+"\\<>]|\\.)*))\s*([,;+]|$)/iy
  const name: NameAttribute[][] = []
  let joins = false
  let rest = true
  while (rest) {
    const [, keyword = '', quoted, bare = '', end = ''] = pattern.exec(text) ?? []
    const type = typeOf(keyword)
    if (type === undefined) return null
    const attribute = { type, value: unescaped(quoted ?? trimmed(bare)) }
    if (joins) name.at(-1)?.push(attribute)
    else name.push([attribute])
    joins = end === '+'
    rest = end !== ''
  }
  return name
}

/** The subject of a certificate, which no text has to be parsed for. */
export function subjectOf(certificate: X509Certificate): Promise<DistinguishedName> {
  return nameOf(certificate, 'subjectName')
}

/** The issuer of a certificate. */
export function issuerOf(certificate: X509Certificate): Promise<DistinguishedName> {
  return nameOf(certificate, 'issuerName')
}

async function nameOf(
  certificate: X509Certificate,
  of: 'subjectName' | 'issuerName',
): Promise<DistinguishedName> {
  // Loaded for the first certificate: the library is large and wants its polyfill first.
  await import('reflect-metadata')
  const { X509Certificate: Parsed } = await import('@peculiar/x509')
  const { asn } = new Parsed(certificate.raw)[of] as unknown as {
    readonly asn: readonly (readonly { readonly type: string; readonly value: object }[])[]
  }
  const parts = [...asn].map((part) =>
    [...part].map(({ type, value }) => ({ type, value: String(value) })),
  )
  return parts.reverse()
}

/** Whether two names are the same, part by part; letters count as they are written, as in Keycloak. */
export function sameName(one: DistinguishedName, other: DistinguishedName): boolean {
  const written = (name: DistinguishedName) =>
    JSON.stringify(name.map((part) => part.map(({ type, value }) => `${type}=${value}`).sort()))
  return written(one) === written(other)
}

/** @returns a name as Java's `Principal.getName()` writes it, which patterns of administrators are made for */
export function nameText(name: DistinguishedName): string {
  return name
    .map((part) =>
      part
        .map(({ type, value }) => `${keywords[type] ?? `OID.${type}`}=${quotedIfNeeded(value)}`)
        .join(' + '),
    )
    .join(', ')
}

/** Keywords of RFC 2253 §2.3, which alone Java writes into canonical names. */
const canonicalKeywords = ['CN', 'L', 'ST', 'O', 'OU', 'C', 'STREET', 'DC', 'UID']

/** @returns a name as Java's `X500Principal.getName("CANONICAL")` writes it: in lower case, with single spaces */
export function canonicalNameText(name: DistinguishedName): string {
  const attribute = ({ type, value }: NameAttribute) => {
    const keyword = ownMember(keywords, type) ?? ''
    const plain = value.trim().replaceAll(/\s+/g, ' ').toLowerCase()
    return `${canonicalKeywords.includes(keyword) ? keyword.toLowerCase() : type}=${plain}`
  }
  return name.map((part) => part.map(attribute).sort().join('+')).join(',')
}

function typeOf(keyword: string): string | undefined {
  const plain = keyword.toUpperCase().replace(/^OID\./, '')
  return /^\d/.test(plain) ? plain : types[plain]
}

/** Spaces at the end count only behind a backslash. */
function trimmed(text: string): string {
  return text.replace(/(\\.)?\s+$/s, '$1')
}

/** RFC 4514 §3: a backslash stands before a special character, or before two digits of a UTF-8 byte. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:\\[0-9A-Fa-f]{2})+|\\(.)/gs, (pair, character: string | undefined) =>
    character === undefined ? Buffer.from(pair.replaceAll('\\', ''), 'hex').toString() : character,
  )
}

function quotedIfNeeded(value: string): string {
  if (!/[,+=\n<>#;\\"]|^\s|\s$|\s\s/.test(value)) return value
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
