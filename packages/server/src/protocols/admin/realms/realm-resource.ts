import { masterRealmName } from '../../../domains/administration/administration.ts'
import { passwordPolicyProblem } from '../../../domains/credentials/password/password-rules.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm, RealmSettings } from '../../../domains/realms/realm.ts'
import { unmaskedMembers } from '../../../domains/realms/secret-members.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyAdministration, anyOf } from '../permission.ts'
import { type RealmBody, realmShape } from '../representations/realm.ts'
import { restrictedRealm } from './realm-representation.ts'
import { fullRealm } from './realms-resource.ts'
import { renameRealm } from './rename-realm.ts'

/** Members of a body that other endpoints write. */
const elsewhere: ReadonlySet<string> = new Set([
  'id',
  'realm',
  'enabled',
  'roles',
  'groups',
  'defaultRole',
  'defaultRoles',
  'defaultGroups',
  'users',
  'federatedUsers',
  'clients',
  'clientScopes',
  'scopeMappings',
  'clientScopeMappings',
  'components',
  'authenticationFlows',
  'authenticatorConfig',
  'requiredActions',
  'identityProviders',
  'identityProviderMappers',
  'organizations',
  'keycloakVersion',
  'localizationTexts',
  'defaultDefaultClientScopes',
  'defaultOptionalClientScopes',
])

const flowBindings = [
  'browserFlow',
  'registrationFlow',
  'directGrantFlow',
  'resetCredentialsFlow',
  'clientAuthenticationFlow',
  'dockerAuthenticationFlow',
  'firstBrokerLoginFlow',
] as const

const sslRequired: ReadonlySet<unknown> = new Set([undefined, 'all', 'external', 'none'])

/** `GET`, `PUT` and `DELETE /admin/realms/{realm}`. */
export function registerRealmResource(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '',
    may: anyAdministration,
    handle: async ({ realm, held }) =>
      held.has('view-realm') || held.has('manage-realm')
        ? await fullRealm(deps, realm)
        : restrictedRealm(realm),
  })
  routes.add<RealmBody | undefined>({
    method: 'PUT',
    path: '',
    may: anyOf(['manage-realm']),
    body: realmShape,
    handle: async (call) => {
      const body = call.body ?? ({} as RealmBody)
      check(call.realm, body)
      await update(call, body)
      call.record('UPDATE', 'REALM', '', body)
    },
  })
  routes.add({
    method: 'DELETE',
    path: '',
    may: anyOf(['manage-realm']),
    handle: async ({ realm, reply }) => {
      if (realm.name === masterRealmName) throw refused(400, "Can't remove master realm")
      await deps.realmImport.removeRealm(realm)
      reply.header('cache-control', 'no-cache')
    },
  })
}

function check(realm: Realm, body: RealmBody): void {
  const policyProblem = passwordPolicyProblem(body.passwordPolicy ?? '')
  if (policyProblem !== undefined) throw refused(400, policyProblem)
  const flows = new Set(realm.settings.authenticationFlows.map(({ alias }) => alias))
  const unknownFlow = flowBindings.some((name) => {
    const alias = body[name]
    return alias !== undefined && !flows.has(alias)
  })
  if (unknownFlow || !sslRequired.has(body.sslRequired?.toLowerCase())) {
    throw refused(400, 'Failed to update realm')
  }
  if (body.realm !== undefined && /[/\\:?#[\]@!$&'()*+,;=%"<> ]/.test(body.realm)) {
    throw badRequest('Character not allowed in the realm name.')
  }
}

async function update({ deps, realm }: AdminCall<unknown>, body: RealmBody): Promise<void> {
  const name = body.realm?.trim() || realm.name
  try {
    await deps.database.transaction(async (tx) => {
      await deps.realms.changeIn(tx, realm.id, (row) => ({
        name,
        enabled: body.enabled ?? row.enabled,
        settings: changedSettings(row.settings, body),
      }))
      if (name !== realm.name) await renameRealm(deps, tx, realm, name)
    })
  } catch (error) {
    if (error instanceof ModelError && error.reason === 'duplicate') {
      throw refused(409, 'Realm with same name exists')
    }
    throw error
  }
}

function changedSettings(present: RealmSettings, body: RealmBody): RealmSettings {
  const given = Object.entries(body).filter(
    ([name, value]) => value !== undefined && value !== null && !elsewhere.has(name),
  )
  const next: RealmSettings = { ...present, ...Object.fromEntries(given) }
  if (body.attributes) {
    const entries = Object.entries(body.attributes).filter(([, value]) => value !== null)
    next.attributes = Object.fromEntries(entries) as Record<string, string>
  }
  const before = present['smtpServer'] as Record<string, string> | undefined
  const smtp = next['smtpServer'] as Record<string, string> | undefined
  if (smtp) next['smtpServer'] = unmaskedMembers('smtpServer', smtp, before ?? {})
  return next
}
