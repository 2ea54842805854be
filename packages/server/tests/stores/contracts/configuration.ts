import { plainSecretBox } from '@holdfast/server/database/plain-secret-box'
import { PermissionTicketStore } from '@holdfast/server/domains/authorization/permission-ticket-store'
import { ResourceServerStore } from '@holdfast/server/domains/authorization/resource-server-store'
import { ClientSecrets } from '@holdfast/server/domains/clients/client-secrets'
import { ClientStore } from '@holdfast/server/domains/clients/client-store'
import { IdentityProviderStore } from '@holdfast/server/domains/identity-providers/identity-provider-store'
import { ClientScopeStore } from '@holdfast/server/domains/realms/client-scope-store'
import { ComponentStore } from '@holdfast/server/domains/realms/component-store'
import { RealmSecrets } from '@holdfast/server/domains/realms/realm-secrets'
import { RealmStore } from '@holdfast/server/domains/realms/realm-store'
import { SecretResealStore } from '@holdfast/server/domains/realms/secret-reseal-store'
import { RoleStore } from '@holdfast/server/domains/roles/role-store'
import { RegistrationAccessStore } from '@holdfast/server/domains/tokens/registration-access-store'
import { contract, type StoreContract } from '../store-contract.ts'

const realmSecrets = new RealmSecrets(plainSecretBox)

const client = { clientId: 'renamed', enabled: true, representation: {}, ver: 1 }

const role = {
  clientUuid: null,
  clientId: null,
  name: 'renamed',
  description: null,
  composite: false,
  attributes: {},
  ver: 1,
}

const clientScope = {
  name: 'renamed',
  protocol: 'openid-connect',
  attributes: {},
  protocolMappers: [],
  ver: 1,
}

const component = { parentId: 'other', providerType: 'type', providerId: 'kind', config: {} }

const identityProvider = {
  providerId: 'saml',
  enabled: false,
  organizationId: null,
  members: {},
  config: {},
  ver: 1,
}

/** Stores of what a realm is set up with. */
export const configurationContracts: readonly StoreContract[] = [
  contract(new RealmStore(realmSecrets), {
    byId: 'the realm',
    byIds: 'the realm',
    byName: 'the realm',
    names: 'every realm',
    briefs: 'every realm',
    lock: 'the realm',
    insert: 'makes',
    setMasterClient: 'the realm',
    idByMasterClient: 'every realm',
    update: 'the realm',
    raise: 'the realm',
    putAside: 'the realm',
    remove: 'the realm',
  }),
  contract(new SecretResealStore(realmSecrets), { realms: 'every realm' }),
  contract(new ComponentStore(realmSecrets), {
    insertAll: 'makes',
    byId: (store, tx, realmId, { component: id }) => store.byId(tx, realmId, id),
    update: (store, tx, realmId, { component: id }) =>
      store.update(tx, realmId, { component: { ...component, id }, stored: {}, ver: 1 }),
    remove: (store, tx, realmId, { component: id }) => store.remove(tx, realmId, id),
  }),
  contract(new ClientScopeStore(), {
    insertAll: 'makes',
    lock: (store, tx, realmId, { clientScope: id }) => store.lock(tx, realmId, id),
    update: (store, tx, realmId, { clientScope: id }) =>
      store.update(tx, { ...clientScope, id, realmId }),
    remove: (store, tx, realmId, { clientScope: id }) => store.remove(tx, realmId, id),
  }),
  contract(new ClientStore(new ClientSecrets(realmSecrets)), {
    byClientId: (store, tx, realmId, { clientId }) => store.byClientId(tx, realmId, clientId),
    byIds: (store, tx, realmId, { client: id }) => store.byIds(tx, realmId, [id]),
    federatedAs: (store, tx, realmId) => store.federatedAs(tx, realmId, 'other-subject'),
    lock: (store, tx, realmId, { client: id }) => store.lock(tx, realmId, id),
    uuidsOf: (store, tx, realmId, { clientId }) => store.uuidsOf(tx, realmId, [clientId]),
    list: (store, tx, realmId) => store.list(tx, { realmId }),
    insertAll: 'makes',
    update: (store, tx, realmId, { client: id }) => store.update(tx, { ...client, id, realmId }),
    remove: (store, tx, realmId, { client: id }) => store.remove(tx, realmId, id),
    renameClientScope: (store, tx, realmId, { clientScope: from }) =>
      store.renameClientScope(tx, realmId, from, null),
  }),
  contract(new RegistrationAccessStore(), {
    insert: 'makes',
    list: (store, tx, realmId) => store.list(tx, realmId, 5),
    byId: (store, tx, realmId, { initialAccess: id }) => store.byId(tx, realmId, id),
    remove: (store, tx, realmId, { initialAccess: id }) => store.remove(tx, realmId, id),
    take: (store, tx, realmId, { initialAccess: id }) => store.take(tx, realmId, id, 1),
  }),
  contract(new RoleStore(), {
    byIds: (store, tx, realmId, { role: id }) => store.byIds(tx, realmId, [id]),
    lock: (store, tx, realmId, { role: id }) => store.lock(tx, realmId, id),
    byName: async (store, tx, realmId, { client: clientUuid }) => [
      await store.byName(tx, realmId, null, 'other'),
      await store.byName(tx, realmId, clientUuid, 'other'),
    ],
    list: (store, tx, realmId, { client: clientUuid }) => store.list(tx, { realmId, clientUuid }),
    ofClients: (store, tx, realmId) => store.ofClients(tx, { realmId }, []),
    expand: (store, tx, realmId, { role: id }) => store.expand(tx, realmId, [id]),
    inScopeOf: (store, tx, realmId, { client: id }) => store.inScopeOf(tx, realmId, id),
    mappedTo: (store, tx, realmId, { client: id }) => store.mappedTo(tx, realmId, id),
    compositesOf: 'resolved',
    insertAll: 'makes',
    update: (store, tx, realmId, { role: id }) => store.update(tx, { ...role, id, realmId }),
    remove: (store, tx, realmId, { role: id }) => store.remove(tx, realmId, id),
  }),
  contract(new IdentityProviderStore(realmSecrets), {
    byAlias: (store, tx, realmId, { identityProvider: alias }) => store.byAlias(tx, realmId, alias),
    byIssuer: (store, tx, realmId) => store.byIssuer(tx, realmId, 'other-issuer'),
    lock: (store, tx, realmId, { identityProvider: alias }) => store.lock(tx, realmId, alias),
    list: (store, tx, realmId, { organization: organizationId }) =>
      store.list(tx, { realmId, organizationId }),
    summaries: (store, tx, realmId) => store.summaries(tx, realmId),
    count: (store, tx, realmId) => store.count(tx, realmId),
    insert: 'makes',
    update: (store, tx, realmId, { identityProvider: alias }) => {
      const row = { ...identityProvider, id: 'other-idp-id', realmId, alias }
      return store.update(tx, row, { ...row, stored: {} })
    },
    link: (store, tx, realmId, { identityProvider: alias }) => store.link(tx, realmId, alias, null),
    unlinkAll: (store, tx, realmId, { organization: id }) => store.unlinkAll(tx, realmId, id),
    remove: (store, tx, realmId, { identityProvider: alias }) => store.remove(tx, realmId, alias),
    mappers: async (store, tx, realmId, { identityProvider: alias }) => [
      await store.mappers(tx, realmId, alias),
      await store.mappers(tx, realmId, null),
    ],
    mapperCount: (store, tx, realmId) => store.mapperCount(tx, realmId),
    insertMapper: 'makes',
    updateMapper: (store, tx, realmId, { mapper: id, identityProvider: alias }) =>
      store.updateMapper(tx, { id, realmId, alias, name: 'renamed', mapper: 'kind', config: {} }),
    removeMapper: (store, tx, realmId, { mapper: id }) => store.removeMapper(tx, realmId, id),
  }),
  contract(new ResourceServerStore(), {
    read: (store, tx, realmId, { client: id }) => store.read(tx, realmId, id),
    ownedBy: (store, tx, realmId, { user }) => store.ownedBy(tx, realmId, user),
    clientOf: (store, tx, realmId, { resource }) => store.clientOf(tx, realmId, resource),
    ensure: 'makes',
    remove: (store, tx, realmId, { client: id }) => store.remove(tx, realmId, id),
  }),
  contract(new PermissionTicketStore(), {
    find: (store, tx, realmId, { resource: resourceId }) =>
      store.find(tx, realmId, { resourceId }, { first: 0, max: 5 }),
    count: (store, tx, realmId, { user: requester }) => store.count(tx, realmId, { requester }),
  }),
]
