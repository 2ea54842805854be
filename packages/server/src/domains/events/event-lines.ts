import type { AdminEvent } from './admin-event.ts'
import type { LoginEvent } from './login-event.ts'

/**
 * The line of Keycloak's `jboss-logging` listener, as log collectors know it:
 * `type="LOGIN_ERROR", realmId="…", realmName="acme", clientId="web", userId="null", ipAddress="…", error="…", …`.
 */
export function loginEventLine(event: LoginEvent): string {
  const { sessionId, error } = event
  return line([
    ['type', event.type],
    ['realmId', event.realmId],
    ['realmName', event.realmName],
    ['clientId', event.clientId],
    ['userId', event.userId],
    ...(sessionId === undefined ? [] : [['sessionId', sessionId] as const]),
    ['ipAddress', event.ipAddress],
    ...(error === undefined ? [] : [['error', error] as const]),
    ...Object.entries(event.details ?? {}),
  ])
}

/** The line of an admin event. */
export function adminEventLine(event: AdminEvent): string {
  const { author, error } = event
  return line([
    ['operationType', event.operationType],
    ['realmId', author.realmId],
    ['clientId', author.clientId],
    ['userId', author.userId],
    ['ipAddress', author.ipAddress],
    ['resourceType', event.resourceType],
    ['resourcePath', event.resourcePath],
    ...(error === undefined ? [] : [['error', error] as const]),
  ])
}

type Pair = readonly [name: string, value: string | undefined]

function line(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${name}="${quoted(value)}"`).join(', ')
}

/** What a user typed must neither end the quotes nor begin a line that nobody logged. */
function quoted(value: string | undefined): string {
  if (value === undefined) return 'null'
  return value.replace(/["\\]/g, '\\$&').replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
