import { setAtPath } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'
import { roleClaim } from './realm-role-mapper.ts'

const placeholder = '${client_id}'

/** Roles of one client (`usermodel.clientRoleMapping.clientId`) or of each that the user has roles of. */
export const clientRoleMapper: ProtocolMapperType = {
  id: 'oidc-usermodel-client-role-mapper',
  priority: 40,
  seesRoles: true,
  targets: allTargets,
  apply(claims, { roles }, config, template) {
    const only = config['usermodel.clientRoleMapping.clientId']
    const prefix = config['usermodel.clientRoleMapping.rolePrefix']
    const multivalued = config['multivalued'] === 'true'
    for (const [clientId, names] of roles.clients) {
      if ((only && only !== clientId) || names.size === 0) continue
      const path = template.map((part) => part.replaceAll(placeholder, clientId))
      setAtPath(claims, path, roleClaim(names, prefix, multivalued))
    }
  },
}
