import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const directory = resolve(import.meta.dirname, '../fixtures')

/** A JSON file of `tests/fixtures/`, by its path without the extension: `oidc/refresh`. */
export function fixture<T = unknown>(path: string): T {
  return JSON.parse(readFileSync(`${directory}/${path}.json`, 'utf8')) as T
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
