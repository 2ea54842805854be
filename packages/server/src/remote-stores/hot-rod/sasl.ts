import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

/** One side of a conversation that proves who the client is (RFC 4422). */
export interface SaslConversation {
  readonly mechanism: string
  /** What is sent first. */
  readonly first: Buffer
  /** Whether the client has nothing more to say, and the server has proved what it has to. */
  readonly finished: boolean
  /**
   * @param challenge of the server
   * @returns the answer
   * @throws when the server does not prove what it has to
   */
  answer(challenge: Buffer): Buffer
}

export interface SaslCredentials {
  readonly username: string
  readonly password: string
  /** For DIGEST: the name by which the server is called. */
  readonly host: string
}

/** Best first; PLAIN shows the password to the other side. */
const hashes = new Map([
  ['SCRAM-SHA-512', 'sha512'],
  ['SCRAM-SHA-384', 'sha384'],
  ['SCRAM-SHA-256', 'sha256'],
])
/** Rounds that a server may ask for: each login is held up by them. */
const roundsMax = 1_000_000
const nonceBytes = 18

/**
 * @param offered mechanisms of the server
 * @param encrypted whether nobody else listens: the password may be shown then
 * @returns a conversation by the best of them; null when there is none that may be used
 */
export function saslConversation(
  offered: readonly string[],
  credentials: SaslCredentials,
  encrypted: boolean,
): SaslConversation | null {
  for (const [mechanism, hash] of hashes) {
    if (offered.includes(mechanism)) return scram(mechanism, hash, credentials)
  }
  if (offered.includes('DIGEST-MD5')) return digest(credentials)
  if (encrypted && offered.includes('PLAIN')) return plain(credentials)
  return null
}

/** RFC 4616 */
function plain({ username, password }: SaslCredentials): SaslConversation {
  return {
    mechanism: 'PLAIN',
    first: Buffer.from(`\0${username}\0${password}`),
    finished: true,
    answer: () => Buffer.alloc(0),
  }
}

/** RFC 5802, RFC 7677 */
function scram(mechanism: string, hash: string, credentials: SaslCredentials): SaslConversation {
  const { username, password } = credentials
  const nonce = randomBytes(nonceBytes).toString('base64url')
  const name = username.normalize('NFKC').replaceAll('=', '=3D').replaceAll(',', '=2C')
  const bare = `n=${name},r=${nonce}`
  let expected: Buffer | undefined
  let finished = false
  const proof = (challenge: string): Buffer => {
    const { r = '', s = '', i = '' } = attributes(challenge)
    const rounds = Number(i)
    if (!r.startsWith(nonce) || !(rounds > 0 && rounds <= roundsMax)) {
      throw new Error('the challenge of the store is not valid')
    }
    const salt = Buffer.from(s, 'base64')
    const length = createHash(hash).digest().length
    const salted = pbkdf2Sync(password.normalize('NFKC'), salt, rounds, length, hash)
    const clientKey = hmac(hash, salted, 'Client Key')
    const storedKey = createHash(hash).update(clientKey).digest()
    const final = `c=biws,r=${r}`
    const signed = `${bare},${challenge},${final}`
    const signature = hmac(hash, storedKey, signed)
    const mixed = clientKey.map((byte, index) => byte ^ (signature[index] as number))
    expected = hmac(hash, hmac(hash, salted, 'Server Key'), signed)
    return Buffer.from(`${final},p=${Buffer.from(mixed).toString('base64')}`)
  }
  return {
    mechanism,
    first: Buffer.from(`n,,${bare}`),
    get finished() {
      return finished
    },
    answer(challenge) {
      const text = challenge.toString('utf8')
      if (expected === undefined) return proof(text)
      const { v = '' } = attributes(text)
      const given = Buffer.from(v, 'base64')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new Error('the store does not know the password')
      }
      finished = true
      return Buffer.alloc(0)
    },
  }
}

/** RFC 2831, for servers that offer nothing better */
function digest({ username, password, host }: SaslCredentials): SaslConversation {
  let expected: string | undefined
  let finished = false
  return {
    mechanism: 'DIGEST-MD5',
    first: Buffer.alloc(0),
    get finished() {
      return finished
    },
    answer(challenge) {
      const fields = directives(challenge.toString('utf8'))
      if (expected !== undefined) {
        const given = Buffer.from(fields.get('rspauth') ?? '')
        const known = Buffer.from(expected)
        if (given.length !== known.length || !timingSafeEqual(given, known)) {
          throw new Error('the store does not know the password')
        }
        finished = true
        return Buffer.alloc(0)
      }
      const realm = fields.get('realm') ?? ''
      const nonce = fields.get('nonce') ?? ''
      const own = randomBytes(nonceBytes).toString('base64url')
      const uri = `hotrod/${host}`
      const start = md5(Buffer.from(`${username}:${realm}:${password}`))
      const first = md5(Buffer.concat([start, Buffer.from(`:${nonce}:${own}`)])).toString('hex')
      const proof = (text: string) => {
        const second = md5(Buffer.from(text)).toString('hex')
        return md5(Buffer.from(`${first}:${nonce}:00000001:${own}:auth:${second}`)).toString('hex')
      }
      const response = proof(`AUTHENTICATE:${uri}`)
      expected = proof(`:${uri}`)
      return Buffer.from(
        `charset=utf-8,username="${quoted(username)}",realm="${quoted(realm)}",nonce="${quoted(nonce)}",` +
          `nc=00000001,cnonce="${own}",digest-uri="${uri}",maxbuf=65536,response=${response},qop=auth`,
      )
    },
  }
}

function quoted(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&')
}

function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest()
}

function hmac(hash: string, key: Buffer, text: string): Buffer {
  return createHmac(hash, key).update(text).digest()
}

/** `a=1,b=2` */
function attributes(text: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').map((part) => [part.slice(0, 1), part.slice(2)] as const),
  )
}

/** `a="1",b=2` */
function directives(text: string): Map<string, string> {
  const found = text.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^",]*))/g)
  return new Map(
    [...found].map(([, name = '', quotedText, bare]) => [
      name,
      quotedText?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '',
    ]),
  )
}
