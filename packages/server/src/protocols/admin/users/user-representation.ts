import { visibleAttributes, visibleNames } from '../../../domains/users/profile-visibility.ts'
import type { User } from '../../../domains/users/user.ts'
import type { ProfileRealm } from '../../../domains/users/user-profile.ts'
import type { FoundUser } from '../../../domains/users/user-search.ts'

/** @returns Keycloak's UserRepresentation of one user or of a listing */
export function userRepresentation(realm: ProfileRealm, user: FoundUser, brief: boolean) {
  const visible = visibleAttributes(realm, user, 'admin')
  const attributes = brief ? briefAttributes(visible) : visible
  return {
    id: user.id,
    ...visibleNames(realm, user, 'admin'),
    emailVerified: user.emailVerified,
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    enabled: user.enabled,
    createdTimestamp: user.createdTimestamp,
    ...(brief
      ? {}
      : {
          totp: user.totp,
          disableableCredentialTypes: [],
          requiredActions: user.requiredActions,
          notBefore: user.notBefore,
        }),
  }
}

/** Of the attributes, brief listings show the locale. */
function briefAttributes(attributes: User['attributes']): User['attributes'] {
  return attributes['locale'] ? { locale: attributes['locale'] } : {}
}
