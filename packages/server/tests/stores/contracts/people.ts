import { plainSecretBox } from '@holdfast/server/database/plain-secret-box'
import { CredentialSecrets } from '@holdfast/server/domains/credentials/credential-secrets'
import { LoginFailureStore } from '@holdfast/server/domains/credentials/login-failures/login-failure-store'
import { ConsentStore } from '@holdfast/server/domains/flows/consents/consent-store'
import { GroupStore } from '@holdfast/server/domains/groups/group-store'
import { InvitationStore } from '@holdfast/server/domains/organizations/invitation-store'
import { OrganizationGroupStore } from '@holdfast/server/domains/organizations/organization-group-store'
import { OrganizationStore } from '@holdfast/server/domains/organizations/organization-store'
import { NewUserStore } from '@holdfast/server/domains/user-lifecycle/new-user-store'
import { FederatedIdentityStore } from '@holdfast/server/domains/users/federated-identity-store'
import { MembershipStore } from '@holdfast/server/domains/users/membership-store'
import { UserSearchStore } from '@holdfast/server/domains/users/user-search-store'
import { UserStore } from '@holdfast/server/domains/users/user-store'
import { contract, type StoreContract } from '../store-contract.ts'

const credentialSecrets = new CredentialSecrets(plainSecretBox)

const user = {
  username: 'renamed',
  email: null,
  emailVerified: false,
  firstName: null,
  lastName: null,
  enabled: true,
  createdTimestamp: 1,
  serviceAccountClientUuid: null,
  notBefore: 0,
  attributes: {},
  requiredActions: [],
  ver: 1,
}

const organization = {
  name: 'renamed',
  alias: 'renamed',
  enabled: true,
  description: null,
  redirectUrl: null,
  attributes: {},
  representation: {},
}

const group = { parentId: null, name: 'renamed', description: null, attributes: {}, ver: 1 }

/** Stores of users and of what users are in. */
export const peopleContracts: readonly StoreContract[] = [
  contract(new UserStore(), {
    byIds: (store, tx, realmId, { user: id }) => store.byIds(tx, realmId, [id]),
    lock: (store, tx, realmId, { user: id }) => store.lock(tx, realmId, id),
    byUsername: (store, tx, realmId, { user: name }) => store.byUsername(tx, realmId, name),
    idsOf: (store, tx, realmId, { user: name }) => store.idsOf(tx, realmId, [name]),
    byEmail: (store, tx, realmId) => store.byEmail(tx, realmId, 'u@other.example'),
    serviceAccountOf: (store, tx, realmId, { client }) =>
      store.serviceAccountOf(tx, realmId, client),
    insertAll: 'makes',
    update: (store, tx, realmId, { user: id }) => store.update(tx, { ...user, id, realmId }, null),
    linkedTo: (store, tx, realmId, { component }) => store.linkedTo(tx, realmId, component, 5),
    unlink: (store, tx, realmId, { component }) => store.unlink(tx, realmId, component),
    remove: (store, tx, realmId, { user: id }) => store.remove(tx, realmId, id),
  }),
  contract(new UserSearchStore(), {
    find: async (store, tx, realmId, { user: id, group: groupId, role: roleId }) => [
      ...(await store.find(tx, { realmId, ids: [id], serviceAccounts: true })),
      ...(await store.find(tx, { realmId, search: id, max: 5, serviceAccounts: true })),
      ...(await store.find(tx, { realmId, groupId, serviceAccounts: true })),
      ...(await store.find(tx, { realmId, roleId, serviceAccounts: true })),
    ],
    count: (store, tx, realmId, { user: id }) =>
      store.count(tx, { realmId, ids: [id], serviceAccounts: true }),
  }),
  contract(new FederatedIdentityStore(), {
    usersOf: (store, tx, realmId, { identityProvider }) =>
      store.usersOf(tx, realmId, identityProvider, 'other-account'),
    insert: (store, tx, realmId, { user: id }) =>
      store.insert(tx, realmId, id, {
        identityProvider: 'another',
        userId: 'account',
        userName: null,
      }),
  }),
  contract(new NewUserStore(credentialSecrets), { insertFederatedIdentities: 'makes' }),
  contract(new MembershipStore(), {
    of: async (store, tx, realmId, { user: id }) => [
      await store.of(tx, realmId, id, true),
      await store.of(tx, realmId, id, false),
    ],
    isHeld: (store, tx, realmId, { role }) => store.isHeld(tx, realmId, role),
    groupIdsOf: 'resolved',
    organizationGroupCount: 'resolved',
    joinOrganization: async (store, tx, realmId, { user: id, organization: of }) => {
      await tx.query(`DELETE FROM organization_member WHERE realm_id = $1`, [realmId])
      return await store.joinOrganization(tx, realmId, id, of)
    },
    addOrganizationMembers: 'makes',
  }),
  contract(new GroupStore(), {
    byIds: (store, tx, realmId, { group: id }) => store.byIds(tx, realmId, [id]),
    byNames: (store, tx, realmId) => store.byNames(tx, realmId, null, ['other']),
    list: (store, tx, realmId) => store.list(tx, { realmId, parentId: null }),
    search: (store, tx, realmId) => store.search(tx, { realmId, search: 'other' }),
    count: (store, tx, realmId) => store.count(tx, realmId, 'other', false),
    withAncestors: (store, tx, realmId, { group: id }) => store.withAncestors(tx, realmId, [id]),
    rolesOf: 'resolved',
    withRole: (store, tx, realmId, { role }) => store.withRole(tx, realmId, role, 0, null),
    lock: (store, tx, realmId, { group: id }) => store.lock(tx, realmId, [id]),
    insertAll: 'makes',
    update: (store, tx, realmId, { group: id }) => store.update(tx, { ...group, id, realmId }),
    remove: (store, tx, realmId, { group: id }) => store.remove(tx, realmId, id),
  }),
  contract(new OrganizationStore(), {
    byId: (store, tx, realmId, { organization: id }) => store.byId(tx, realmId, id),
    lock: (store, tx, realmId, { organization: id }) => store.lock(tx, realmId, id),
    hasAlias: (store, tx, realmId) => store.hasAlias(tx, realmId, 'other'),
    list: (store, tx, realmId) => store.list(tx, { realmId, search: 'other' }),
    count: (store, tx, realmId) => store.count(tx, { realmId }),
    insert: 'makes',
    update: (store, tx, realmId, { organization: id }) =>
      store.update(tx, { ...organization, id, realmId }),
    remove: (store, tx, realmId, { organization: id }) => store.remove(tx, realmId, id),
    domainOwners: (store, tx, realmId, { domain }) => store.domainOwners(tx, realmId, [domain]),
    replaceDomains: (store, tx, realmId, { organization: id }) =>
      store.replaceDomains(tx, { ...organization, id, realmId, domains: [] }),
    ofUser: (store, tx, realmId, { user: id }) => store.ofUser(tx, realmId, id),
  }),
  contract(new OrganizationGroupStore(), {
    byIds: (store, tx, realmId, { organizationGroup: id }) => store.byIds(tx, realmId, [id]),
    withAncestors: (store, tx, realmId, { organizationGroup: id }) =>
      store.withAncestors(tx, realmId, [id]),
    list: 'resolved',
    search: 'resolved',
    ofMember: 'resolved',
    rolesOf: 'resolved',
    insertAll: 'makes',
    remove: (store, tx, realmId, { organizationGroup: id }) => store.remove(tx, realmId, id),
  }),
  contract(new InvitationStore(), { list: 'resolved', insert: 'makes' }),
  contract(new LoginFailureStore(), {
    of: (store, tx, realmId, { user: id }) => store.of(tx, realmId, id),
    ofAll: (store, tx, realmId, { user: id }) => store.ofAll(tx, realmId, [id]),
    locked: (store, tx, realmId, { user: id }) => store.locked(tx, realmId, id),
    write: (store, tx, realmId, { user: id }) =>
      store.write(tx, realmId, id, {
        failures: 9,
        temporaryLockouts: 0,
        secondaryFailures: 0,
        lastFailure: 9,
        notBefore: 9,
        lastIp: null,
      }),
    clear: (store, tx, realmId, { user: id }) => store.clear(tx, realmId, id),
    clearRealm: (store, tx, realmId) => store.clearRealm(tx, realmId),
  }),
  contract(new ConsentStore(), {
    ofUser: (store, tx, realmId, { user: id }) => store.ofUser(tx, realmId, id),
  }),
]
