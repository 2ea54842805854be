import type { IdentityProviders } from '../../../domains/identity-providers/identity-providers.ts'
import type { FederatedIdentities } from '../../../domains/users/federated-identities.ts'
import type { IssuerKeys } from './issuer-keys.ts'

/** What trust in tokens of others needs beside what every OpenID Connect endpoint has. */
export interface FederationParts {
  readonly identityProviders: IdentityProviders
  readonly federatedIdentities: FederatedIdentities
  readonly issuerKeys: IssuerKeys
}
