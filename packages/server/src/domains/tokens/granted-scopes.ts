import type { Client } from '../clients/client.ts'
import type { ClientScope, ProtocolMapper, Realm } from '../realms/realm.ts'
import { claimPath } from './mappers/claim-writer.ts'
import {
  isSwitchedOn,
  type MapperConfig,
  type ProtocolMapperType,
} from './mappers/protocol-mapper-type.ts'
import { protocolMapperTypes } from './mappers/registry.ts'
import type { ClaimsTarget, OrganizationChoice } from './token-context.ts'

const protocol = 'openid-connect'
export const organizationScope = 'organization'
/** Asks for tokens that outlive the login (OpenID Connect Core §11). */
export const offlineScope = 'offline_access'

/** A mapper that acts on one kind of token, ready to run. */
export interface ActiveMapper {
  readonly type: ProtocolMapperType
  readonly config: MapperConfig
  readonly path: readonly string[]
}

/** What a scope parameter asks for, before the user is known. */
export interface RequestedScopes {
  /** Default scopes of the client and the optional ones that were asked for. */
  readonly scopes: readonly ClientScope[]
  readonly openid: boolean
  readonly organizations: OrganizationChoice | null
  /** Names that are no scope of this client. */
  readonly invalid: readonly string[]
  /** Organizations that are named; whether they exist is for `invalidScopes` to ask. */
  readonly organizationAliases: readonly string[]
  /** Organization scopes as they were asked for (`organization:acme`), which stand in the token in this form. */
  readonly organizationScope: string | null
}

/** Scopes that a user may have for a client, with the mappers that they bring. Immutable. */
export class GrantedScopes {
  readonly scopes: readonly ClientScope[]
  readonly openid: boolean
  /** Whether `offline_access` is among them. */
  readonly offline: boolean
  /** Whether `offline_access` was asked for by somebody who may not have it. */
  readonly offlineRefused: boolean
  readonly organizations: OrganizationChoice | null
  /** `scope` of access tokens and answers. */
  readonly visible: string
  /** `scope` of refresh tokens: the scopes that tokens do not show are in it too. */
  readonly complete: string
  readonly #client: Client
  readonly #mappers = new Map<string, readonly ActiveMapper[]>()

  constructor(client: Client, requested: RequestedScopes, permitted: readonly ClientScope[]) {
    this.#client = client
    this.scopes = permitted
    this.openid = requested.openid
    this.organizations = permitted.some(({ name }) => name === organizationScope)
      ? requested.organizations
      : null
    this.offline = permitted.some(({ name }) => name === offlineScope)
    this.offlineRefused =
      !this.offline && requested.scopes.some(({ name }) => name === offlineScope)
    const nameOf = ({ name }: ClientScope) =>
      name === organizationScope ? (requested.organizationScope ?? name) : name
    const shown = permitted.filter(
      ({ attributes }) => attributes?.['include.in.token.scope'] !== 'false',
    )
    const openid = requested.openid ? ['openid'] : []
    this.visible = [...openid, ...shown.map(nameOf)].join(' ')
    this.complete = [...openid, ...permitted.map(nameOf)].join(' ')
  }

  /** Mappers of the client and of these scopes that act on `target`, in the order in which they act. */
  mappers(target: ClaimsTarget, lightweight: boolean): readonly ActiveMapper[] {
    const key = `${target} ${lightweight}`
    let active = this.#mappers.get(key)
    if (!active) {
      active = this.#collect(target, lightweight)
      this.#mappers.set(key, active)
    }
    return active
  }

  #collect(target: ClaimsTarget, lightweight: boolean): ActiveMapper[] {
    const all: ProtocolMapper[] = [
      ...(this.#client.representation.protocolMappers ?? []),
      ...this.scopes.flatMap((scope) => scope.protocolMappers),
    ]
    const active: ActiveMapper[] = []
    for (const mapper of all) {
      if (mapper.protocol !== protocol) continue
      const type = protocolMapperTypes.get(mapper.protocolMapper)
      const config = mapper.config ?? {}
      if (!type?.targets.includes(target)) continue
      if (!(type.isIncluded ?? isSwitchedOn)(config, target, lightweight)) continue
      active.push({ type, config, path: claimPath(config['claim.name'] ?? '') })
    }
    return active.sort((a, b) => a.type.priority - b.type.priority)
  }
}

/** @returns the choice of an organization scope (`organization`, `organization:*`, `organization:alias`), or undefined */
function organizationChoice(scope: string): OrganizationChoice | undefined {
  if (scope === organizationScope) return 'single'
  if (!scope.startsWith(`${organizationScope}:`)) return undefined
  const alias = scope.slice(organizationScope.length + 1)
  return alias === '*' ? 'all' : alias === '' ? undefined : { alias }
}

/**
 * Reads a scope parameter against the client's default and optional scopes.
 * @param parameter space separated, or undefined
 */
export function requestedScopes(
  realm: Realm,
  client: Client,
  parameter: string | undefined,
): RequestedScopes {
  const { defaultClientScopes = [], optionalClientScopes = [] } = client.representation
  const scopeNamed = (wanted: string) =>
    realm.clientScopes.find((scope) => scope.name === wanted && scope.protocol === protocol)
  const asked = new Set((parameter ?? '').split(' ').filter((name) => name !== ''))
  const openid = asked.delete('openid')
  const scopes = new Set<ClientScope>()
  for (const name of defaultClientScopes) {
    const scope = scopeNamed(name)
    if (scope) scopes.add(scope)
  }
  const invalid: string[] = []
  let organizations: OrganizationChoice | null = null
  let organizationText: string | null = null
  const organizationAliases: string[] = []
  for (const text of asked) {
    const choice = realm.settings.organizationsEnabled ? organizationChoice(text) : undefined
    const name = choice === undefined ? text : organizationScope
    const scope = scopeNamed(name)
    if (!scope || !(optionalClientScopes.includes(name) || defaultClientScopes.includes(name))) {
      invalid.push(text)
      continue
    }
    scopes.add(scope)
    if (choice === undefined) continue
    organizations = choice
    organizationText = text
    if (typeof choice !== 'string') organizationAliases.push(choice.alias)
  }
  return {
    scopes: [...scopes],
    openid,
    organizations,
    invalid,
    organizationAliases,
    organizationScope: organizationText,
  }
}
