import { assertionExecutors } from './assertion-executors.ts'
import { clientAuthenticationExecutors } from './client-authentication-executors.ts'
import { clientKindExecutors } from './client-kind-executors.ts'
import { dpopBindEnforcer } from './dpop-bind-enforcer.ts'
import { effectExecutors } from './effect-executors.ts'
import type { PolicyExecutor } from './executor.ts'
import { holderOfKeyEnforcer } from './holder-of-key-enforcer.ts'
import { intentClientBindChecker } from './intent-client-bind-checker.ts'
import { pkceEnforcer } from './pkce-enforcer.ts'
import { responseTypeExecutors } from './response-type-executors.ts'
import { samlExecutors } from './saml-executors.ts'
import { secureCibaSignedRequest } from './secure-ciba-signed-request.ts'
import { secureClientUris } from './secure-client-uris.ts'
import { secureLogout } from './secure-logout.ts'
import { secureParContent } from './secure-par-content.ts'
import { secureRedirectUrisEnforcer } from './secure-redirect-uris-enforcer.ts'
import { secureRequestObject } from './secure-request-object.ts'
import { signatureAlgorithmExecutors } from './signature-algorithm-executors.ts'
import { tlsClientAuthority } from './tls-client-authority.ts'

const all: readonly PolicyExecutor[] = [
  ...assertionExecutors,
  ...clientAuthenticationExecutors,
  ...clientKindExecutors,
  dpopBindEnforcer,
  ...effectExecutors,
  holderOfKeyEnforcer,
  intentClientBindChecker,
  pkceEnforcer,
  ...responseTypeExecutors,
  ...samlExecutors,
  secureCibaSignedRequest,
  ...secureClientUris,
  secureLogout,
  secureParContent,
  secureRedirectUrisEnforcer,
  secureRequestObject,
  ...signatureAlgorithmExecutors,
  tlsClientAuthority,
]

/** Every executor of client policies, by Keycloak's provider id. */
export const policyExecutors: ReadonlyMap<string, PolicyExecutor> = new Map(
  all.map((executor) => [executor.id, executor]),
)
