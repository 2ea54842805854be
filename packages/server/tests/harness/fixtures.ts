import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const directory = resolve(import.meta.dirname, '../fixtures')

/** A JSON file of `tests/fixtures/`, by its path without the extension: `oidc/refresh`. */
export function fixture<T = unknown>(path: string): T {
  return JSON.parse(readFileSync(`${directory}/${path}.json`, 'utf8')) as T
}

/** Names of the JSON files in a folder of `tests/fixtures/`, without the extension. */
export function fixtureNames(folder: string): string[] {
  return readdirSync(`${directory}/${folder}`)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .toSorted()
}

/** The realm `acme` as Keycloak exported it. */
export function acmeRealm(): Record<string, unknown> {
  return fixture('realms/acme')
}

/** The password of a user of the realm `acme`. */
export function acmePassword(username: string): string {
  const { users } = fixture<{ users: Record<string, { password: string }> }>(
    'realms/acme.passwords',
  )
  const found = users[username]
  if (found === undefined) throw new Error(`acme has no password of ${username}`)
  return found.password
}
