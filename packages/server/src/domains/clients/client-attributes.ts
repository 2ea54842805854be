import { asymmetricAlgorithms, hmacAlgorithms } from '../keys/signature-algorithm.ts'
import type { ClientRepresentation } from './client.ts'

/** What separates the values of an attribute that is a list. */
const listSeparator = '##'

/** Most attributes of a client, and the longest name and value, in characters. */
const attributesMax = 500
const nameLengthMax = 255
const valueLengthMax = 65_536

/** Largest duration or time in seconds that an attribute may hold: what fits into 32 bits. */
const secondsMax = 2_147_483_647

/** Attributes that are seconds; -1 stands for "not set". */
const seconds: readonly string[] = [
  'access.token.lifespan',
  'client.offline.session.idle.timeout',
  'client.offline.session.max.lifespan',
  'client.session.idle.timeout',
  'client.session.max.lifespan',
  'oauth2.device.code.lifespan',
  'oauth2.device.polling.interval',
  'saml.assertion.lifespan',
  'client.secret.creation.time',
  'client.secret.expiration.time',
  'client.secret.rotated.creation.time',
  'client.secret.rotated.expiration.time',
  'token.endpoint.auth.signing.max.exp',
]

interface Choice {
  readonly values: readonly string[]
  /** What is said of any other value, where Keycloak has words for it. */
  readonly text?: string
}

const signatures = [...asymmetricAlgorithms, ...hmacAlgorithms]
/** Keycloak offers it, nothing here encrypts or decrypts with it (RFC 8725 §3.2). */
const idleEncryption = 'RSA1_5'
/** Names that Keycloak offers (RFC 7518 §4.1 and §5.1); who names one that is not used here gets nothing encrypted. */
const keyEncryptions = [
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
  ...['RSA-OAEP', 'RSA-OAEP-256', idleEncryption],
]
const contentEncryptions = [
  '128CBC-HS256',
  '128GCM',
  '192CBC-HS384',
  '192GCM',
  '256CBC-HS512',
  '256GCM',
].map((name) => `A${name}`)

/** A misspelt algorithm would sign or encrypt nothing, or let anything through. */
function algorithm(values: readonly string[], ...more: string[]): Choice {
  return { values: [...more, ...values] }
}

/** Attributes that take one of a few values. */
const choices: Readonly<Record<string, Choice>> = {
  'access.token.signed.response.alg': algorithm(signatures),
  'authorization.encrypted.response.alg': algorithm(keyEncryptions),
  'authorization.encrypted.response.enc': algorithm(contentEncryptions),
  'authorization.signed.response.alg': algorithm(signatures),
  'client.secret.authentication.allowed.method': {
    values: ['client_secret_basic', 'client_secret_post'],
  },
  'id.token.encrypted.response.alg': algorithm(keyEncryptions),
  'id.token.encrypted.response.enc': algorithm(contentEncryptions),
  'id.token.signed.response.alg': algorithm(signatures),
  'introspection.signed.response.alg': algorithm(signatures),
  'request.object.encryption.alg': algorithm(keyEncryptions, 'any'),
  'request.object.encryption.enc': algorithm(contentEncryptions, 'any'),
  'request.object.signature.alg': algorithm(signatures, 'any', 'none'),
  'token.endpoint.auth.signing.alg': algorithm(signatures),
  'user.info.encrypted.response.alg': algorithm(keyEncryptions),
  'user.info.encrypted.response.enc': algorithm(contentEncryptions),
  'user.info.response.signature.alg': algorithm(signatures, 'none', 'unsigned'),
  'ciba.backchannel.auth.request.signing.alg': algorithm(asymmetricAlgorithms),
  'ciba.backchannel.token.delivery.mode': {
    values: ['poll', 'ping'],
    text: 'Unsupported requested CIBA Backchannel Token Delivery Mode',
  },
  'pkce.code.challenge.method': {
    values: ['S256', 'plain'],
    text: 'Unsupported PKCE code challenge method',
  },
}

/**
 * @returns what of a client's settings is known but does not act, so that the client would get nothing: refused where it is
 * saved, named where it is imported
 */
export function idleAttributeProblem({
  attributes = {},
}: Readonly<ClientRepresentation>): string | undefined {
  const [name] = Object.entries(attributes).find(([, value]) => value === idleEncryption) ?? []
  return name !== undefined && Object.hasOwn(choices, name)
    ? `Attribute ${name}: ${idleEncryption} is not supported`
    : undefined
}

/** @returns the values of an attribute that holds a list; none where it is absent or empty */
export function listAttributeOf(
  client: Pick<Readonly<ClientRepresentation>, 'attributes'>,
  name: string,
): string[] {
  const text = client.attributes?.[name]
  return text ? text.split(listSeparator).filter((value) => value !== '') : []
}

/** @returns levels by name (`acr.loa.map`); undefined when the text is no such map */
export function levelsOf(map: string | undefined): Record<string, number> | undefined {
  if (!map) return {}
  try {
    const levels: unknown = JSON.parse(map)
    if (levels === null || typeof levels !== 'object' || Array.isArray(levels)) return undefined
    const numbers = Object.entries(levels).map(([name, level]) => [name, Number(level)] as const)
    return numbers.every(([, level]) => Number.isInteger(level) && Math.abs(level) <= secondsMax)
      ? Object.fromEntries(numbers)
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Checks that every attribute is one that can be used: what cannot be understood would be ignored later, in silence.
 * @returns what is wrong; empty when nothing is
 */
export function attributeProblems({ attributes = {} }: Readonly<ClientRepresentation>): string[] {
  const problems: string[] = []
  const entries = Object.entries(attributes)
  if (entries.length > attributesMax) problems.push(`More than ${attributesMax} attributes`)
  for (const [name, value] of entries) {
    if (name.length > nameLengthMax) problems.push('The name of an attribute is too long')
    if (value.length > valueLengthMax) problems.push(`Attribute ${name.slice(0, 99)} is too long`)
  }
  for (const name of seconds) {
    const value = attributes[name]
    if (value && !isSeconds(value)) problems.push(`Attribute ${name} must be a number of seconds`)
  }
  for (const [name, { values, text }] of Object.entries(choices)) {
    const value = attributes[name]
    if (value && !values.includes(value))
      problems.push(text ?? `Attribute ${name} has an unknown value`)
  }
  if (levelsOf(attributes['acr.loa.map']) === undefined) {
    problems.push('Invalid client configuration (ACR-LOA map) for client')
  }
  return problems
}

function isSeconds(text: string): boolean {
  const value = Number(text)
  return /^-?\d{1,10}$/.test(text) && value >= -1 && value <= secondsMax
}
