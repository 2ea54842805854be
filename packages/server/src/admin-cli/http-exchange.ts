import { request as plainRequest } from 'node:http'
import { request as encryptedRequest } from 'node:https'
import { CliError } from './cli-error.ts'

/** An answer of the server. */
export interface Answer {
  readonly status: number
  /** `200 OK`. */
  readonly statusText: string
  /** As the server spells and orders them. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: ReadonlyMap<string, string>
  readonly body?: string | Uint8Array | undefined
}

/** How the server's certificate is checked. */
export interface ServerTrust {
  /** Certificates in PEM; undefined = those that Node.js trusts. */
  readonly authorities: readonly string[] | undefined
  readonly insecure: boolean
}

/** Longest silence of the server, milliseconds. */
const silenceMs = 600_000
const answerBytesMax = 1024 * 1024 * 1024

/** Asks a server. @throws Error when there is no answer */
export async function exchange(question: Question, trust: ServerTrust): Promise<Answer> {
  const { method, headers, body } = question
  const url = addressOf(question.url)
  const encrypted = url.protocol === 'https:'
  const tls = encrypted
    ? {
        rejectUnauthorized: !trust.insecure,
        ...(trust.authorities === undefined ? {} : { ca: [...trust.authorities] }),
      }
    : {}
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  return await new Promise<Answer>((resolve, reject) => {
    const ask = (encrypted ? encryptedRequest : plainRequest)(
      url,
      {
        method,
        headers: { ...Object.fromEntries(headers), ...length },
        ...tls,
        timeout: silenceMs,
      },
      (response) => {
        const parts: Buffer[] = []
        let size = 0
        response.on('data', (part: Buffer) => {
          size += part.length
          if (size > answerBytesMax) ask.destroy(new Error('the answer is too long'))
          parts.push(part)
        })
        response.once('error', reject)
        response.once('end', () => {
          const { statusCode = 0, statusMessage = '', rawHeaders } = response
          resolve({
            status: statusCode,
            statusText: `${statusCode} ${statusMessage}`,
            headers: pairs(rawHeaders),
            body: Buffer.concat(parts),
          })
        })
      },
    )
    ask.once('timeout', () => ask.destroy(new Error('the server does not answer')))
    ask.once('error', (error) => reject(readable(error)))
    ask.end(body)
  })
}

function addressOf(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new CliError(`Invalid url: ${text}`)
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [],
  )
}

/** Errors of several tries (IPv6, IPv4) have no text of their own. */
function readable(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : []
  return error.message === '' && first !== undefined ? first : error
}

/** @returns the value of a header, whichever case its name has */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1]
}

/** @throws CliError in the server's own words, unless the answer is a success */
export function requireSuccess(answer: Answer, url: string | undefined): void {
  if (answer.status >= 200 && answer.status < 300) return
  if (answer.status === 404 && url !== undefined) {
    throw new CliError(`Resource not found for url: ${url}`)
  }
  throw new CliError(refusalOf(answer) ?? answer.statusText)
}

/** What an error of Keycloak says: `errorMessage`, or `error` with its description. */
function refusalOf({ body }: Answer): string | undefined {
  try {
    const {
      errorMessage,
      error,
      error_description: description,
    } = JSON.parse(body.toString('utf8')) as Record<string, unknown>
    if (errorMessage !== undefined) return String(errorMessage)
    if (error === undefined) return undefined
    return description === undefined ? String(error) : `${description} [${error}]`
  } catch {
    return undefined
  }
}
