import { writeClaim } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** Names of roles as a claim: a list, or in Keycloak's single-valued form one text `[a, b]`. */
export function roleClaim(
  roles: Iterable<string>,
  prefix: string | undefined,
  multivalued: boolean,
): string | string[] {
  const names = prefix ? [...roles].map((role) => prefix + role) : [...roles]
  return multivalued ? names : `[${names.join(', ')}]`
}

export const realmRoleMapper: ProtocolMapperType = {
  id: 'oidc-usermodel-realm-role-mapper',
  priority: 40,
  seesRoles: true,
  targets: allTargets,
  apply(claims, { roles }, config, path) {
    if (roles.realm.size === 0) return
    const prefix = config['usermodel.realmRoleMapping.rolePrefix']
    writeClaim(
      claims,
      config,
      path,
      roleClaim(roles.realm, prefix, config['multivalued'] === 'true'),
    )
  },
}
