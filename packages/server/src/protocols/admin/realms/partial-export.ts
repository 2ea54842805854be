import { isGeneratedSetting } from '../../../domains/components/checked-component.ts'
import { masked, shownMember, shownMembers } from '../../../domains/realms/secret-members.ts'
import type {
  ClientExport,
  ComponentExport,
  RealmRepresentation,
  UserRepresentation,
} from '../../../domains/transfer/representation.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { anyMembers } from '../representations/answer.ts'

type Deps = Pick<AdminDeps, 'realmExport'>

/** `POST /partial-export`: a realm without its users, secrets masked; groups, roles and clients where they are asked for. */
export function registerPartialExport(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: '/partial-export',
    may: anyOf(['manage-realm']),
    query: { exportClients: 'flag', exportGroupsAndRoles: 'flag' },
    answer: anyMembers,
    event: { operation: 'ACTION', resourceType: 'REALM', isAll: true },
    handle: async ({ realm, query, reply }) => {
      const withClients = query.flag('exportClients') ?? false
      const withGroups = query.flag('exportGroupsAndRoles') ?? false
      const users: UserRepresentation[] = []
      const exported = await deps.realmExport.exportRealm(
        realm,
        withClients ? 'service-accounts' : 'none',
        async (page) => {
          users.push(...page)
        },
      )
      // Organizations come in by a whole realm alone, and go out so.
      const { clients, clientScopeMappings, groups, organizations: _, roles, ...rest } = exported
      // A stream in Keycloak, whose type names no characters.
      reply.type('application/json')
      return {
        ...withoutSecrets(rest as RealmRepresentation),
        ...(withClients ? { clients: clients?.map(shownClient) } : {}),
        ...(withClients && clientScopeMappings ? { clientScopeMappings } : {}),
        ...(withClients ? { users: users.map(withoutCredentials) } : {}),
        ...(withGroups ? { groups, roles } : {}),
      }
    },
  })
}

function withoutSecrets(realm: RealmRepresentation) {
  const { smtpServer, components, identityProviders, ...rest } = realm
  return {
    ...rest,
    smtpServer: shownMembers('smtpServer', (smtpServer ?? {}) as Record<string, string>),
    identityProviders: (identityProviders ?? []).map((provider) => ({
      ...provider,
      config: shownMembers(
        'identityProvider',
        (provider['config'] ?? {}) as Record<string, string>,
      ),
    })),
    components: Object.fromEntries(
      Object.entries(components ?? {}).map(([type, list]) => [
        type,
        list.map((component) => shownComponent(type, component)),
      ]),
    ),
  }
}

function shownComponent(providerType: string, component: ComponentExport): ComponentExport {
  const { providerId, config = {}, subComponents = {} } = component
  const about = { providerType, providerId }
  const shown = Object.entries(config)
    .filter(([name]) => !isGeneratedSetting(about, name))
    .map(([name, values]) => [name, values.map((one) => shownMember('component', name, one))])
  const below = Object.entries(subComponents).map(([type, list]) => [
    type,
    list.map((one) => shownComponent(type, one)),
  ])
  return {
    ...component,
    config: Object.fromEntries(shown),
    subComponents: Object.fromEntries(below),
  }
}

function shownClient(client: ClientExport): ClientExport {
  const { 'client.secret.rotated': rotated, ...attributes } = client.attributes ?? {}
  return {
    ...client,
    ...(client.secret === undefined ? {} : { secret: masked }),
    attributes:
      rotated === undefined ? attributes : { ...attributes, 'client.secret.rotated': masked },
  }
}

function withoutCredentials({ credentials: _, ...user }: UserRepresentation): UserRepresentation {
  return user
}
