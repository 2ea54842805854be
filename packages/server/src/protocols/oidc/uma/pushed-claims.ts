import type { Identity } from '../../../domains/authorization/policy-conditions.ts'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { OAuthError } from '../oauth-error.ts'

type Context = Identity['context']

const claimsMax = 100
const valuesMax = 100
const claimTokenCharactersMax = 20_000

/**
 * Reads claims that a client pushes (`claim_token`, base64url of a JSON object; UMA 2.0 §3.3.1).
 * @returns an empty object where there are none
 * @throws OAuthError 400
 */
export function pushedClaims(text: string | null): Context {
  if (text === null) return {}
  const invalid = () =>
    new OAuthError(400, 'invalid_request', 'Invalid claims', { eventError: 'invalid_request' })
  if (text.length > claimTokenCharactersMax) throw invalid()
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw invalid()
  }
  return claimLists(value) ?? raise(invalid())
}

/** @returns lists of texts by name; null for anything else */
export function claimLists(value: unknown): Context | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const entries = Object.entries(value)
  if (entries.length > claimsMax) return null
  const lists: [string, readonly string[]][] = []
  for (const [name, given] of entries) {
    const list = [given].flat()
    if (list.length > valuesMax || list.some((each) => typeof each === 'object')) return null
    lists.push([name, list.map(String)])
  }
  return Object.fromEntries(lists)
}

/** What policies may look at of the request itself; claims that a client pushes never take its place. */
export function contextOf(realm: Realm, client: Client, now: Date): Context {
  return {
    'kc.time.date_time': [localTime(now)],
    'kc.realm.name': [realm.name],
    'kc.client.id': [client.clientId],
  }
}

function localTime(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-')
  return `${date} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')}`
}

function raise(error: Error): never {
  throw error
}
