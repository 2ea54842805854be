import type { Database, Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { Client, ClientRepresentation } from '../clients/client.ts'
import { idleAttributeProblem } from '../clients/client-attributes.ts'
import { newClientCertificate } from '../clients/client-certificate.ts'
import {
  artifactIdentifier,
  completeClient,
  withNewSecret,
  withOpenIdDefaults,
  withRightSecret,
  withSamlDefaults,
} from '../clients/client-defaults.ts'
import type { GivenClient } from '../clients/client-reader.ts'
import {
  withoutServiceAccountScope,
  withScopes,
  withServiceAccountScope,
} from '../clients/client-scope-names.ts'
import type { Clients } from '../clients/clients.ts'
import { signingAlgorithms } from '../clients/signing-algorithms.ts'
import { validateClient } from '../clients/validate-client.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { ModelWatch } from '../events/model-watch.ts'
import type { KeyStock } from '../keys/key-stock.ts'
import type { Keys } from '../keys/keys.ts'
import { ModelError } from '../realms/model-error.ts'
import { withLaterSwitches } from '../realms/protocol-mapper-schema.ts'
import type { Realm } from '../realms/realm.ts'
import { requireMapperChoices, requireValidMappers } from '../realms/valid-mappers.ts'
import type { Roles } from '../roles/roles.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import type { UserLifecycle } from '../user-lifecycle/user-lifecycle.ts'
import type { UserMembershipChanges } from '../users/user-membership-changes.ts'
import { serviceAccountName, type Users } from '../users/users.ts'

export interface ClientLifecycleDeps {
  readonly database: Database
  readonly clock: Clock
  readonly clients: Clients
  readonly users: Users
  readonly userLifecycle: Pick<UserLifecycle, 'insertIn' | 'newServiceAccount' | 'removeIn'>
  readonly userMemberships: Pick<UserMembershipChanges, 'addRolesIn'>
  readonly roles: Pick<Roles, 'byName' | 'insertAll'>
  readonly keyStock: Pick<KeyStock, 'take'>
  readonly keys: Pick<Keys, 'provide'>
  readonly watch: ModelWatch
  /** Forgets what a client protects when it stops being a resource server. */
  readonly resourceServers: {
    removeIn(tx: Transaction, realmId: RealmId, clientUuid: ClientUuid): Promise<void>
  }
}

/** The role of clients that protect resources, for their service accounts (UMA's protection API). */
const protectionRole = 'uma_protection'

/** A change of a client under its row lock. @throws ModelError, which undoes everything */
export type ClientChange = (client: Client) => Client

/**
 * How clients come, change and go. Each verb is one transaction with everything that belongs to it: the service account,
 * the invalidation, the admin event. What is refused leaves nothing behind.
 */
export class ClientLifecycle {
  readonly #deps: ClientLifecycleDeps

  constructor(deps: ClientLifecycleDeps) {
    this.#deps = deps
  }

  /**
   * Makes a client with the defaults of its protocol, where the request names one.
   * @param trace for the event, told the id of the new client
   * @param follow what else is written of it, in the same transaction
   * @throws ModelError `duplicate` when its name or id is taken, `input` for what may not be saved
   */
  async create(
    realm: Realm,
    given: GivenClient,
    trace?: (id: ClientUuid) => Promise<AdminTrace>,
    follow?: (tx: Transaction, client: Client) => Promise<void>,
  ): Promise<Client> {
    const { id = newUuid(), clientId = id, enabled = true } = given
    const { clock } = this.#deps
    const members = await this.#withDefaults(clientId, withSwitches(given.members))
    const complete = withRightSecret(
      completeClient({ protocol: 'openid-connect', ...members }, clock),
      clock,
    )
    const protocols = protocolsOf(realm)
    const scoped = withScopes(complete, realm.settings, protocols)
    const representation = withServiceAccountScope(scoped, protocols)
    const client: Client = { id, realmId: realm.id, clientId, enabled, representation, ver: 0 }
    validateClient({ ...representation, clientId, id }, realm)
    requireActing(representation)
    requireValidMappers(representation.protocolMappers, `Client ${clientId} already exists`)
    requireMapperChoices(representation.protocolMappers)
    await this.#deps.keys.provide(realm, signingAlgorithms(representation.attributes))
    const write = await trace?.(id)
    await this.#deps.database.transaction(async (tx) => {
      await this.insertIn(tx, realm, client)
      await follow?.(tx, client)
      await write?.(tx)
    })
    return client
  }

  /** Writes a client as it is, with what belongs to it. @throws ModelError `duplicate` */
  async insertIn(tx: Transaction, realm: Realm, client: Client): Promise<void> {
    await this.#deps.clients.insertAll(tx, [client])
    await this.#followIn(tx, realm, { ...client, representation: {} }, client)
    const { watch } = this.#deps
    if (!watch.watches(realm.id)) return
    await watch.tell(tx, realm.id, [{ event: 'client-created', clientUuid: client.id }])
  }

  /**
   * Changes the members that are given; attributes are merged, and those without a text go. Client scopes have verbs of
   * their own.
   * @throws ModelError `missing`, `duplicate`, `input`
   */
  async update(
    realm: Realm,
    id: ClientUuid,
    given: GivenClient,
    trace?: AdminTrace,
  ): Promise<void> {
    const { defaultClientScopes: _, optionalClientScopes: __, ...members } = given.members
    requireMapperChoices(members.protocolMappers)
    requireActing(members)
    await this.#deps.keys.provide(realm, signingAlgorithms(members.attributes))
    await this.change(
      realm,
      id,
      (client) => {
        const representation = this.#updated(realm, client.representation, members)
        const { clientId = client.clientId, enabled = client.enabled } = given
        return { ...client, clientId, enabled, representation }
      },
      trace,
    )
  }

  /**
   * Changes a client in any way; its service account follows.
   * @throws ModelError `missing`, `duplicate`, `input`; what `change` throws
   */
  async change(
    realm: Realm,
    id: ClientUuid,
    change: ClientChange,
    trace?: AdminTrace,
  ): Promise<void> {
    const { database, clients } = this.#deps
    await database.transaction(async (tx) => {
      const { before, after } = await clients.changeIn(tx, realm.id, id, (client) => {
        const next = change(client)
        validateClient({ ...next.representation, clientId: next.clientId }, realm)
        requireValidMappers(next.representation.protocolMappers)
        return next
      })
      await this.#followIn(tx, realm, before, after)
      await trace?.(tx)
    })
  }

  /** Gives a client a new secret. @returns the client as written */
  async renewSecret(realm: Realm, id: ClientUuid, trace?: AdminTrace): Promise<string> {
    let secret = ''
    const renewed = (client: Client): Client => {
      const representation = withNewSecret(client.representation, this.#deps.clock)
      secret = representation.secret ?? ''
      return { ...client, representation }
    }
    await this.change(realm, id, renewed, trace)
    return secret
  }

  /** Removes a client with its roles, scope mappings and service account. @throws ModelError `missing` */
  async remove(realm: Realm, client: Client, trace?: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.removeIn(tx, realm, client)
      await trace?.(tx)
    })
  }

  /** As `remove`, in the caller's transaction. */
  async removeIn(tx: Transaction, realm: Realm, client: Client): Promise<void> {
    const { clients, users, userLifecycle } = this.#deps
    const user = await users.serviceAccountOf(realm.id, client.id)
    if (!(await clients.remove(tx, client))) {
      throw new ModelError('missing', 'Could not find client')
    }
    if (user) await userLifecycle.removeIn(tx, realm, user)
  }

  /** Makes the service account of a client that should have one, unless it is there. */
  async ensureServiceAccount(realm: Realm, client: Client): Promise<void> {
    const { database, users } = this.#deps
    if (await users.serviceAccountOf(realm.id, client.id)) return
    await database.transaction(async (tx) => {
      await this.#deps.clients.changeIn(tx, realm.id, client.id, (present) => present)
      await this.#followIn(tx, realm, client, client)
    })
  }

  async #withDefaults(clientId: ClientId, members: ClientRepresentation) {
    if (members.protocol === 'openid-connect') {
      return withOpenIdDefaults(members, this.#deps.clock)
    }
    if (members.protocol !== 'saml') return members
    const complete = withSamlDefaults(members)
    const attributes = { ...complete.attributes }
    attributes['saml.artifact.binding.identifier'] ??= artifactIdentifier(clientId)
    const signs = attributes['saml.client.signature'] === 'true'
    if (signs && !attributes['saml.signing.certificate']) {
      const { certificate, privateKey } = await newClientCertificate(clientId, this.#deps.keyStock)
      attributes['saml.signing.certificate'] = certificate
      if (privateKey) attributes['saml.signing.private.key'] = privateKey
    }
    return { ...complete, attributes }
  }

  #updated(
    realm: Realm,
    present: Readonly<ClientRepresentation>,
    members: ClientRepresentation,
  ): ClientRepresentation {
    const merged = Object.entries({ ...present.attributes, ...members.attributes })
    const attributes = Object.fromEntries(merged.filter(([, text]) => text !== ''))
    const next = withRightSecret(
      { ...present, ...withSwitches(members), attributes },
      this.#deps.clock,
    )
    if (next.serviceAccountsEnabled !== true) {
      return present.serviceAccountsEnabled ? withoutServiceAccountScope(next) : next
    }
    return present.serviceAccountsEnabled ? next : withServiceAccountScope(next, protocolsOf(realm))
  }

  /** Makes what belongs to a client follow it: its service account, and what it protects. */
  async #followIn(tx: Transaction, realm: Realm, before: Client, after: Client): Promise<void> {
    await this.#followAccountIn(tx, realm, before, after)
    const was = before.representation.authorizationServicesEnabled === true
    const is = after.representation.authorizationServicesEnabled === true
    if (is && !was) await this.#protectIn(tx, realm, after)
    if (was && !is) await this.#deps.resourceServers.removeIn(tx, realm.id, after.id)
  }

  /** Lets the service account use the protection API. */
  async #protectIn(tx: Transaction, realm: Realm, client: Client): Promise<void> {
    const { roles, users, userMemberships } = this.#deps
    const present = await roles.byName(realm.id, client.id, protectionRole)
    const id = present?.id ?? newUuid()
    if (!present) {
      const role = { id, clientUuid: client.id, name: protectionRole, description: null }
      await roles.insertAll(tx, realm.id, [{ ...role, attributes: {} }])
    }
    const account = await users.serviceAccountIn(tx, realm.id, client.id)
    if (account) await userMemberships.addRolesIn(tx, account, [id])
  }

  /** The service account is made, removed or renamed with its client. */
  async #followAccountIn(
    tx: Transaction,
    realm: Realm,
    before: Client,
    after: Client,
  ): Promise<void> {
    const { users, userLifecycle } = this.#deps
    const enabled = after.representation.serviceAccountsEnabled === true
    if (!enabled && !before.representation.serviceAccountsEnabled) return
    const user = await users.serviceAccountIn(tx, realm.id, after.id)
    if (user === null) {
      const account = await userLifecycle.newServiceAccount(realm, after)
      await userLifecycle.insertIn(tx, realm.id, [account])
    } else if (!enabled) {
      await userLifecycle.removeIn(tx, realm, user)
    } else if (before.clientId !== after.clientId) {
      const username = serviceAccountName(after.clientId)
      await users.changeIn(tx, realm, user.id, (present) => ({ ...present, username }))
    }
  }
}

function withSwitches(members: ClientRepresentation): ClientRepresentation {
  const { protocolMappers, authorizationServicesEnabled } = members
  return {
    ...members,
    // Who protects resources does so by its service account.
    ...(authorizationServicesEnabled ? { serviceAccountsEnabled: true } : {}),
    ...(protocolMappers ? { protocolMappers: protocolMappers.map(withLaterSwitches) } : {}),
  }
}

function protocolsOf(realm: Realm): Map<string, string> {
  return new Map(realm.clientScopes.map(({ name, protocol }) => [name, protocol]))
}

/** @throws ModelError `input` for a setting that is known and does not act; imported ones stay until they are changed */
function requireActing(members: Readonly<ClientRepresentation>): void {
  const problem = idleAttributeProblem(members)
  if (problem !== undefined) throw new ModelError('input', problem)
}
