import type { RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import { idleAttributeProblem } from '../clients/client-attributes.ts'
import { idleComponentNotices } from '../components/idle-component.ts'
import { passwordPolicyProblem } from '../credentials/password/password-rules.ts'
import { configPatternProblem } from '../flows/changes/require-usable-config.ts'
import { keyProblem } from '../keys/key-problem.ts'
import type { ProtocolMapper } from '../realms/realm.ts'
import { mapperChoiceProblem } from '../realms/valid-mappers.ts'
import type { UserProfile } from '../users/user-profile.ts'
import { validatorProblem } from '../users/validator-problem.ts'
import type { CompleteRealm } from './complete-representation.ts'

/**
 * What of an imported realm cannot be understood and therefore lets nothing through until it is mended (such a realm comes
 * in, unlike by a request, since the rest of it is worth having), and what of it is configuration only.
 * @returns a line for the log for each
 */
export function importNotices(
  realm: CompleteRealm,
  keyStores: Pick<RealmKeyStores, 'key'>,
): string[] {
  const policy = passwordPolicyProblem(String(realm['passwordPolicy'] ?? ''))
  return [
    ...(policy === undefined
      ? []
      : [`passwordPolicy is not understood, and no password is accepted: ${policy}`]),
    ...Object.entries(realm.components ?? {}).flatMap(([type, components]) =>
      components.flatMap((component) => idleComponentNotices(type, component)),
    ),
    ...realm.componentList.flatMap((component) => {
      const problem = keyProblem(component, realm.realm, keyStores)
      return problem === null ? [] : [`component ${component.name} gives no key: ${problem}`]
    }),
    ...(realm.clients ?? []).flatMap((client) => {
      const problem = idleAttributeProblem(client)
      return problem === undefined ? [] : [`client ${client.clientId} gets no tokens: ${problem}`]
    }),
    ...[...(realm.clients ?? []), ...(realm.clientScopes ?? [])]
      .flatMap(({ protocolMappers = [] }) => protocolMappers)
      .flatMap((mapper) => mapperChoiceProblem(mapper as ProtocolMapper) ?? []),
    ...profilesOf(realm).flatMap(profileNotices),
    ...(realm.authenticatorConfig ?? []).flatMap(({ alias, config }) => {
      const problem = configPatternProblem(config ?? {})
      return problem === null
        ? []
        : [`authenticator config ${alias} lets no login through: ${problem}`]
    }),
  ].map((text) => `Realm ${realm.realm}: ${text}`)
}

function profilesOf(realm: CompleteRealm): Partial<UserProfile>[] {
  return (realm.components?.['org.keycloak.userprofile.UserProfileProvider'] ?? []).flatMap(
    ({ config }) => (config?.['kc.user.profile.config'] ?? []).slice(0, 1).flatMap(parsed),
  )
}

function parsed(text: string): Partial<UserProfile>[] {
  try {
    return [JSON.parse(text) as Partial<UserProfile>]
  } catch {
    return []
  }
}

function profileNotices({ attributes = [] }: Partial<UserProfile>): string[] {
  return attributes.flatMap(({ name, validations }) =>
    Object.entries(validations ?? {}).flatMap(([validator, config]) => {
      const problem = validatorProblem(validator, config ?? {})
      return problem === null
        ? []
        : [`validator ${validator} of ${name} accepts no change: ${problem}`]
    }),
  )
}
