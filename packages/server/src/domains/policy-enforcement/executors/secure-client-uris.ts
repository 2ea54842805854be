import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientChange, ProposedClient } from '../policy-occasion.ts'
import { textsOf } from '../rule-configuration.ts'
import { clientUrisOf } from './client-uris.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

/** What Keycloak's messages call the addresses. */
const names: Readonly<Record<string, string>> = {
  backchannelLogoutUrl: 'logoutUrl',
  postLogoutRedirectUris: 'postLogoutUris',
}
const secured = [
  'rootUrl',
  'adminUrl',
  'baseUrl',
  'backchannelLogoutUrl',
  'redirectUris',
  'webOrigins',
  'jwksUri',
  'requestUris',
  'cibaClientNotificationEndpoint',
  'postLogoutRedirectUris',
  'logoUri',
  'tosUri',
  'policyUri',
]

/** Addresses of clients are encrypted ones without wildcards, or such as an administrator's patterns allow. */
export const secureClientUris: readonly PolicyExecutor[] = [
  {
    id: 'secure-client-uris',
    changes: {
      REGISTER: ({ proposed }) => {
        if (proposed.rootUrl && !proposed.redirectUris?.length) {
          proposed.redirectUris = [proposed.rootUrl]
        }
        requireSecure(proposed)
      },
      UPDATE: ({ proposed }) => requireSecure(proposed),
    },
    calls: {
      AUTHORIZATION_REQUEST: ({ redirectUri = '' }) => {
        if (redirectUri === '') {
          throw new ClientPolicyRefusal('invalid_request', 'no redirect_uri specified.')
        }
        if (isSecure(redirectUri)) return
        throw new ClientPolicyRefusal('invalid_request', 'Invalid redirect_uri')
      },
    },
  },
  {
    id: 'secure-client-uris-pattern',
    changes: on(saved, async ({ proposed, realm }: ClientChange, configuration, { matches }) => {
      const patterns = textsOf(configuration, 'allowed-patterns')
      const asked = textsOf(configuration, 'client-uri-fields')
      for (const [field, uris] of clientUrisOf(proposed)) {
        if (uris.length === 0 || (asked.length > 0 && !asked.includes(field))) continue
        if (patterns.length === 0) {
          throw invalid(`${field}: No valid allowed patterns configured`)
        }
        for (const uri of uris) {
          const found = await Promise.all(patterns.map((each) => matches(each, uri, realm.name)))
          if (!found.includes(true)) throw invalid(field)
        }
      }
    }),
  },
]

const invalid = (field: string) =>
  new ClientPolicyRefusal('invalid_client_metadata', `Invalid ${field}`)

function requireSecure(proposed: ProposedClient): void {
  const uris = clientUrisOf(proposed)
  for (const field of secured) {
    if (uris.get(field)?.every(isSecure) === false) throw invalid(names[field] ?? field)
  }
}

function isSecure(uri: string): boolean {
  return uri.startsWith('https://') && !uri.includes('*')
}
