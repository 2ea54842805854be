import { z } from 'zod'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { signToken } from '../../../domains/tokens/json-web-token.ts'
import { resolvedRootUrl, type ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminDeps } from '../admin-deps.ts'

export type AdminUrlDeps = Pick<AdminDeps, 'clients' | 'clock' | 'keys' | 'outgoingRequests'>

/** What is said to an application at its admin URL, with Keycloak's path for it. */
const paths = {
  PUSH_NOT_BEFORE: 'k_push_not_before',
  LOGOUT: 'k_logout',
  TEST_AVAILABILITY: 'k_test_available',
} as const

export interface AdminUrlCall {
  readonly action: keyof typeof paths
  /** Seconds since the epoch. */
  readonly notBefore?: number
}

/** Keycloak's GlobalRequestResult: admin URLs, by what came of it. */
export const adminUrlResult = z.strictObject({
  successRequests: z.array(z.string()).optional(),
  failedRequests: z.array(z.string()).optional(),
})
type AdminUrlResult = z.output<typeof adminUrlResult>

/** How long an application may take what it was sent for news. */
const lifespanSeconds = 30
const algorithm = 'RS256'
/** Applications of one realm that are told at once, and at all. */
const concurrentMax = 10
const toldMax = 1_000

/**
 * Tells applications that have an admin URL, as Keycloak's adapters expect it: a signed token as the body.
 * @returns who has taken it; nobody who has no such URL
 */
export async function callAdminUrls(
  deps: AdminUrlDeps,
  realm: Realm,
  places: ServerPlaces,
  clients: readonly Client[],
  call: AdminUrlCall,
): Promise<AdminUrlResult> {
  const targets = clients
    .map((client) => ({ client, url: adminUrlOf(client, places) }))
    .filter(({ url }) => url !== null)
    .slice(0, toldMax)
  const taken: string[] = []
  const failed: string[] = []
  for (let start = 0; start < targets.length; start += concurrentMax) {
    const batch = targets.slice(start, start + concurrentMax)
    await Promise.all(
      batch.map(async ({ client, url }) => {
        const list = (await isTaken(deps, realm, client, url ?? '', call)) ? taken : failed
        list.push(url ?? '')
      }),
    )
  }
  return {
    ...(taken.length === 0 ? {} : { successRequests: taken }),
    ...(failed.length === 0 ? {} : { failedRequests: failed }),
  }
}

async function isTaken(
  { keys, clock, outgoingRequests }: AdminUrlDeps,
  realm: Realm,
  { clientId }: Client,
  url: string,
  { action, notBefore }: AdminUrlCall,
): Promise<boolean> {
  const claims = {
    id: `${newUuid()}-${clock.now()}`,
    expiration: epochSeconds(clock) + lifespanSeconds,
    resource: clientId,
    action,
    ...(notBefore === undefined ? {} : { notBefore }),
  }
  const token = await signToken(await keys.signingKey(realm, algorithm), claims)
  try {
    const headers = { 'content-type': 'text/plain' }
    const status = await outgoingRequests.postSigned(`${url}/${paths[action]}`, token, headers)
    return status === 204 || status === 200
  } catch {
    return false
  }
}

/** @returns null for a client that has none, or one that is no http(s) URL */
function adminUrlOf(client: Client, places: ServerPlaces): string | null {
  const text = String(client.representation['adminUrl'] ?? '')
  const absolute = text.startsWith('/') ? resolvedRootUrl(client, places) + text : text
  return /^https?:\/\//i.test(absolute) ? absolute.replace(/\/$/, '') : null
}
