import type { Claims, ClaimsTarget, MapperContext } from '../token-context.ts'

export type MapperConfig = Readonly<Record<string, string>>

/** One type of protocol mapper (`oidc-…`): adding a type is adding a file and a line in the registry. */
export interface ProtocolMapperType {
  /** Keycloak's provider id. */
  readonly id: string
  /** Lower ones act first. */
  readonly priority: number
  /** What a mapper of this type can act on at all; its configuration switches each of them on. */
  readonly targets: readonly ClaimsTarget[]
  /** Whether it looks at the user's roles, or changes which are shown. */
  readonly seesRoles?: boolean
  /** For types that have no switches, or whose switches mean something else. */
  readonly isIncluded?: (
    config: MapperConfig,
    target: ClaimsTarget,
    lightweight: boolean,
  ) => boolean
  /** Changes the claims, or for role mappers the roles that later mappers see. `path` is where `claim.name` points. */
  readonly apply: (
    claims: Claims,
    context: MapperContext,
    config: MapperConfig,
    path: readonly string[],
  ) => void
}

export const allTargets: readonly ClaimsTarget[] = ['access', 'id', 'userinfo', 'introspection']
/** For mappers that write into access tokens only. */
export const accessTargets: readonly ClaimsTarget[] = ['access', 'introspection']

/** Keycloak's rules for the switches in a mapper's configuration, absent ones included. */
export function isSwitchedOn(
  config: MapperConfig,
  target: ClaimsTarget,
  lightweight: boolean,
): boolean {
  switch (target) {
    case 'access':
      return lightweight
        ? config['lightweight.claim'] === 'true'
        : config['access.token.claim'] === 'true'
    case 'id':
      return config['id.token.claim'] === 'true'
    case 'userinfo': {
      const stated = config['userinfo.token.claim']
      return stated === undefined ? config['id.token.claim'] === 'true' : stated === 'true'
    }
    case 'introspection': {
      const stated = config['introspection.token.claim']
      return stated === undefined || stated === 'true'
    }
  }
}
