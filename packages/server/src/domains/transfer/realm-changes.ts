import type { z } from 'zod'
import type { Database, Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import { adminPermissionsClientId } from '../administration/admin-permissions-schema.ts'
import { importedServer } from '../authorization/resource-server-settings.ts'
import type { ResourceServers } from '../authorization/resource-servers.ts'
import type { Client } from '../clients/client.ts'
import type { Clients } from '../clients/clients.ts'
import { passwordPolicyProblem } from '../credentials/password/password-rules.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { requireSignatureAlgorithm } from '../keys/signature-algorithm.ts'
import { requireSenders } from '../mails/mail-senders.ts'
import { changedSettings } from '../realms/changed-settings.ts'
import { keptPolicies, keptProfiles } from '../realms/client-policies/client-policies.ts'
import { policiesSchema, profilesSchema } from '../realms/client-policies/client-policy-schema.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm, RealmSettings } from '../realms/realm.ts'
import { falseSettings } from '../realms/realm-features.ts'
import { requireBoundedSettings, requireSessionOrder } from '../realms/realm-limits.ts'
import { isRealmSetting } from '../realms/realm-members.ts'
import type { Realms } from '../realms/realms.ts'
import type { ClientId } from '../typed-ids.ts'
import { adminPermissionsClient, adminPermissionsSettings } from './defaults/clients.ts'
import type { RealmImport } from './realm-import.ts'
import { requireRealmName } from './realm-name.ts'

export interface RealmChangesDeps {
  readonly database: Database
  readonly realms: Realms
  readonly clients: Clients
  readonly resourceServers: Pick<ResourceServers, 'changeIn'>
  readonly realmImport: RealmImport
}

/** What an administrator says of a realm: members of Keycloak's RealmRepresentation, absent ones stay. */
export type RealmChange = Readonly<Record<string, unknown>> & {
  readonly realm?: string | undefined
  readonly enabled?: boolean | undefined
}

/** Built-in clients whose URLs hold the name of their realm, and the path before it. */
const namedUrls: readonly (readonly [clientId: ClientId, before: string])[] = [
  ['account', '/realms/'],
  ['account-console', '/realms/'],
  ['security-admin-console', '/admin/'],
]

const flowBindings = [
  'browserFlow',
  'registrationFlow',
  'directGrantFlow',
  'resetCredentialsFlow',
  'clientAuthenticationFlow',
  'dockerAuthenticationFlow',
  'firstBrokerLoginFlow',
]
const transportRules: ReadonlySet<unknown> = new Set(['all', 'external', 'none'])

/** Changing and renaming realms: one transaction each, with its event and whatever holds the realm's name. */
export class RealmChanges {
  readonly #deps: RealmChangesDeps

  constructor(deps: RealmChangesDeps) {
    this.#deps = deps
  }

  /**
   * @param also further work of the same transaction
   * @throws ModelError `invalid` in Keycloak's words, `duplicate` when the new name is taken
   */
  async update(
    realm: Realm,
    given: RealmChange,
    trace: AdminTrace,
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    if (given.realm !== undefined) requireRealmName(given.realm)
    const name = given.realm ?? realm.name
    const unchanged = falseSettings(realm.switchedOff)
    const members = Object.fromEntries(
      Object.entries(given).filter(
        ([member]) =>
          (isRealmSetting(member) || member === 'defaultGroups') && !(member in unchanged),
      ),
    )
    requireGiven(given)
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.realms.changeIn(tx, realm.id, (row) => {
        const settings = changedSettings(row.settings, withKeptPolicies(row.settings, members))
        requireSettings(settings, members)
        return { name, enabled: given.enabled ?? row.enabled, settings }
      })
      if (name !== realm.name) await this.#rename(tx, realm, name)
      if (members['adminPermissionsEnabled'] === true) await this.#holdPermissions(tx, realm)
      await also?.(tx)
      await trace(tx)
    })
  }

  /** Makes the client that holds the fine-grained permissions of administrators, unless it is there. */
  async #holdPermissions(tx: Transaction, realm: Realm): Promise<void> {
    const { clients, resourceServers } = this.#deps
    if (await clients.byClientId(realm.id, adminPermissionsClientId)) return
    const { id = newUuid(), clientId, enabled: _, ...representation } = adminPermissionsClient()
    const client = { id, realmId: realm.id, clientId, enabled: true, representation }
    await clients.insertAll(tx, [client])
    await resourceServers.changeIn(tx, realm.id, id, (server) =>
      importedServer(server, adminPermissionsSettings(), [], new Map()),
    )
  }

  /** Makes what holds the realm's name follow: its client in master, URLs of its own built-in clients. */
  async #rename(tx: Transaction, realm: Realm, name: string): Promise<void> {
    const { clients, realmImport } = this.#deps
    await realmImport.renamed(tx, realm, name)
    for (const [clientId, before] of namedUrls) {
      const client = await clients.byClientId(realm.id, clientId)
      if (!client) continue
      const from = `${before}${realm.name}/`
      await clients.update(tx, withUrls(client, from, `${before}${name}/`))
    }
  }
}

function withUrls(client: Client, from: string, to: string): Client {
  const { baseUrl, redirectUris = [], ...rest } = client.representation
  const representation = {
    ...rest,
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(from, to) }),
    redirectUris: redirectUris.map((uri) => uri.replace(from, to)),
  }
  return { ...client, representation }
}

/** Client profiles and policies as a realm keeps them; what is no object says nothing. */
function withKeptPolicies(present: RealmSettings, given: Record<string, unknown>) {
  const { clientProfiles, clientPolicies, ...members } = given
  if (isObject(clientProfiles)) {
    const { profiles = [] } = readable(profilesSchema, clientProfiles)
    members['clientProfiles'] = keptProfiles(profiles)
  }
  if (isObject(clientPolicies)) {
    const { policies = [] } = readable(policiesSchema, clientPolicies)
    members['clientPolicies'] = keptPolicies(policies, { ...present, ...members })
  }
  return members
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function readable<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, success } = schema.safeParse(value)
  if (!success) throw new ModelError('invalid', 'Failed to update realm')
  return data
}

/** What Keycloak looks at in the request alone. */
function requireGiven(given: RealmChange): void {
  const { requiredCredentials, smtpServer } = given
  const { accessCodeLifespanLogin: login, accessCodeLifespanUserAction: action } = given
  if (typeof login === 'number' && typeof action === 'number' && (login < 1 || action < 1)) {
    throw new ModelError(
      'invalid',
      'AccessCodeLifespanLogin or AccessCodeLifespanUserAction cannot be 0',
    )
  }
  const unknown =
    Array.isArray(requiredCredentials) && requiredCredentials.some((type) => type !== 'password')
  if (unknown) throw new ModelError('invalid', 'Failed to update realm')
  requireSenders((smtpServer ?? {}) as Record<string, string>)
}

function requireSettings(settings: RealmSettings, given: Readonly<Record<string, unknown>>): void {
  const { passwordPolicy, sslRequired } = given
  const problem = typeof passwordPolicy === 'string' && passwordPolicyProblem(passwordPolicy)
  if (problem) throw new ModelError('invalid', problem)
  const aliases = new Set(settings.authenticationFlows.map(({ alias }) => alias))
  const unknown = flowBindings.some((name) => {
    const alias = given[name]
    return typeof alias === 'string' && !aliases.has(alias)
  })
  const rule = typeof sslRequired === 'string' ? sslRequired.toLowerCase() : 'none'
  if (unknown || !transportRules.has(rule))
    throw new ModelError('invalid', 'Failed to update realm')
  if (typeof sslRequired === 'string') settings.sslRequired = rule as RealmSettings['sslRequired']
  requireSignatureAlgorithm(given['defaultSignatureAlgorithm'])
  requireBoundedSettings(settings)
  const sessions = Object.keys(given).some((name) =>
    /SessionIdleTimeout$|SessionMaxLifespan$/.test(name),
  )
  if (sessions) requireSessionOrder(settings)
}
