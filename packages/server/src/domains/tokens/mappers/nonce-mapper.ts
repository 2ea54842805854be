import { accessTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** Puts the nonce into access tokens too, as servers did before Keycloak 24. */
export const nonceMapper: ProtocolMapperType = {
  id: 'oidc-nonce-backwards-compatible-mapper',
  priority: 0,
  targets: accessTargets,
  isIncluded: () => true,
  apply(claims, { session }) {
    const { nonce } = session.client.notes
    if (nonce) claims['nonce'] = nonce
  },
}
