import { createPrivateKey, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { importPKCS8, SignJWT } from 'jose'
import { readPkcs12 } from '../domains/clients/pkcs12-file.ts'
import { outdatedKind } from '../key-stores/store-content.ts'
import { CliError } from './cli-error.ts'
import { type Answer, exchange, headerOf, type ServerTrust } from './http-exchange.ts'

/** The members of a token answer that are kept. */
export interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token?: string
  /** Seconds, as the other. */
  readonly expires_in: number
  readonly refresh_expires_in?: number
}

/** How a client shows who it is. */
export interface ClientProof {
  readonly clientId: string
  readonly secret?: string | undefined
  readonly assertion?: string | undefined
}

/** How long a signed assertion may be used, seconds: as in Keycloak's tool. */
export const assertionSeconds = 600
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Asks the token endpoint.
 * @throws CliError in the server's words
 */
export async function askForTokens(
  realmUrl: string,
  grant: Readonly<Record<string, string>>,
  { clientId, secret, assertion }: ClientProof,
  trust: ServerTrust,
): Promise<TokenAnswer> {
  const form = new URLSearchParams({ ...grant, client_id: clientId })
  if (assertion !== undefined) {
    form.set('client_assertion_type', assertionType)
    form.set('client_assertion', assertion)
  }
  const headers = new Map([
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Accept', 'application/json'],
  ])
  if (assertion === undefined && secret !== undefined) {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
    headers.set('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
  }
  const url = `${realmUrl}/protocol/openid-connect/token`
  const question = { method: 'POST', url, headers, body: form.toString() } as const
  const answer = await exchange(question, trust).catch((error: Error) => {
    if (error instanceof CliError) throw error
    throw new CliError(`Failed to send request - ${error.message}`)
  })
  return tokensOf(answer)
}

/** In the form of Keycloak's tool, which writes `null` where an error has no description. */
function loginRefusal({ body }: Answer): string | undefined {
  try {
    const { error, error_description: description = null } = JSON.parse(body.toString('utf8'))
    return error === undefined ? undefined : `${description} [${error}]`
  } catch {
    return undefined
  }
}

function tokensOf(answer: Answer): TokenAnswer {
  if (answer.status >= 300 && answer.status < 400) {
    const location = headerOf(answer, 'location') ?? 'UNKNOWN'
    throw new CliError(`The server answers with a redirect to ${location}: check the server URL`)
  }
  if (answer.status !== 200) throw new CliError(loginRefusal(answer) ?? answer.statusText)
  return JSON.parse(answer.body.toString('utf8')) as TokenAnswer
}

/** What opens a key store, and which key of it signs. */
export interface SigningStore {
  readonly file: string
  readonly password: string
  readonly alias: string
}

/**
 * @returns an assertion that authenticates the client, signed with a key of a PKCS#12 store (RFC 7523)
 * @throws CliError when the store cannot be read
 */
export async function signedAssertion(
  { file, password, alias }: SigningStore,
  clientId: string,
  realmUrl: string,
): Promise<string> {
  const content = await readFile(file)
  const outdated = outdatedKind(content)
  if (outdated !== undefined) throw new CliError(`Failed to load the keystore ${file}: ${outdated}`)
  const entry = await readPkcs12(content, { alias, password }).catch((error: Error) => {
    throw new CliError(`Failed to load the keystore ${file}: ${error.message}`)
  })
  if (!entry?.privateKey) {
    throw new CliError(`Couldn't load key with alias '${alias}' from keystore`)
  }
  const key = createPrivateKey({
    key: Buffer.from(entry.privateKey, 'base64'),
    format: 'der',
    type: 'pkcs1',
  })
  const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString()
  return await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setJti(randomUUID())
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(realmUrl)
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime(`${assertionSeconds}s`)
    .sign(await importPKCS8(pem, 'RS256'))
}
