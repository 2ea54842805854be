import { plainSecretBox } from '@holdfast/server/database/plain-secret-box'
import { CredentialSecrets } from '@holdfast/server/domains/credentials/credential-secrets'
import { EventStore } from '@holdfast/server/domains/events/event-store'
import { LoginStateStore } from '@holdfast/server/domains/flows/login-state/login-state-store'
import { MailStore } from '@holdfast/server/domains/mails/mail-store'
import { LoginStore } from '@holdfast/server/domains/sessions/login-store'
import { LoginCheckStore } from '@holdfast/server/domains/sessions/remote/login-check-store'
import { SessionCountStore } from '@holdfast/server/domains/sessions/session-count-store'
import { SessionListStore } from '@holdfast/server/domains/sessions/session-list-store'
import { SessionStore } from '@holdfast/server/domains/sessions/session-store'
import { LogoutNoticeStore } from '@holdfast/server/domains/tokens/logout-notice-store'
import { RealmExportStore } from '@holdfast/server/domains/transfer/realm-export-store'
import { RealmRemovalStore } from '@holdfast/server/domains/transfer/realm-removal-store'
import { UnfinishedImportStore } from '@holdfast/server/domains/transfer/unfinished-import-store'
import { UserExportStore } from '@holdfast/server/domains/transfer/user-export-store'
import { WebhookMessageStore } from '@holdfast/server/domains/webhooks/webhook-message-store'
import { WorkflowStore } from '@holdfast/server/domains/workflows/workflow-store'
import { later } from '../foreign-rows.ts'
import { contract, type StoreContract } from '../store-contract.ts'

const now = 1_000
const restart = { startedBefore: 0, usedBefore: 0 }

const session = {
  startedAt: now,
  lastAccess: now,
  rememberMe: false,
  ipAddress: '192.0.2.1',
  notes: {},
}

const login = {
  userVer: 1,
  now,
  expiresAt: later,
  rememberMe: false,
  ipAddress: '192.0.2.1',
  sessionNotes: {},
  forgetsFailures: true,
  stopsWhenLocked: true,
  marker: { id: 'marker', code: null, expiresAt: later },
  client: null,
}

/** Stores of what happens: logins, sessions, events, mails, and of whole realms that come and go. */
export const activityContracts: readonly StoreContract[] = [
  contract(new LoginStore(), {
    login: async (store, tx, realmId, { user: userId, session: sessionId }) => [
      await store.login(
        tx,
        { ...login, realmId, userId, sessionId: 'new', continues: false },
        false,
      ),
      await store.login(
        tx,
        { ...login, realmId, userId, sessionId, continues: true, marker: null },
        false,
      ),
    ],
    redeem: 'by secret',
    attach: (store, tx, realmId, { session: id, client: uuid }) =>
      store.attach(tx, { id, offline: false, realmId }, { uuid, notes: {}, restart }, now),
    copyOffline: (store, tx, realmId, { session: id, user: userId, client: uuid }) =>
      store.copyOffline(
        tx,
        { ...session, id, realmId, userId, offline: false, ver: 1 },
        { uuid, notes: {}, restart },
        now,
        later,
      ),
  }),
  contract(new SessionStore(), {
    delete: (store, tx, realmId, { session: id }) => store.delete(tx, realmId, id, false),
    deleteAllOf: (store, tx, realmId, { user }) => store.deleteAllOf(tx, realmId, user),
    lockUser: (store, tx, realmId, { user }) => store.lockUser(tx, realmId, user),
    deleteClientOfUser: (store, tx, realmId, { user, client }) =>
      store.deleteClientOfUser(tx, realmId, user, client),
    insertAlone: (store, tx, realmId, { user: userId }) =>
      store.insertAlone(tx, { ...session, id: 'new', realmId, userId }, later),
    deleteRealm: (store, tx, realmId) => store.deleteRealm(tx, realmId, true),
  }),
  contract(new SessionListStore(), {
    list: async (store, tx, realmId, { user: userId, client: clientUuid }) => {
      const page = { realmId, first: 0, max: 5 }
      const search = { userIds: [userId], ipPrefix: null }
      return [
        await store.list(tx, page),
        await store.list(tx, { ...page, userId }),
        await store.list(tx, { ...page, clientUuid }),
        await store.list(tx, { ...page, clientUuid, userId }),
        await store.list(tx, { ...page, search }),
      ]
    },
  }),
  contract(new SessionCountStore(), {
    ofClient: 'resolved',
    byClient: (store, tx, realmId) =>
      store.byClient(
        { query: (...given) => tx.query(...given), transaction: (work) => work(tx) },
        realmId,
      ),
    clientIds: (store, tx, realmId, { client }) => store.clientIds(tx, realmId, [client]),
  }),
  contract(new LoginCheckStore(), {
    login: async (store, tx, realmId, { user: userId, session: sessionId }) => {
      const write = { ...login, realmId, userId, sessionId, continues: true }
      return [
        await store.login(tx, write, false),
        await store.login(tx, { ...write, marker: null }, true),
      ]
    },
    lockEnabledUser: (store, tx, realmId, { user }) => store.lockEnabledUser(tx, realmId, user),
    consume: 'by secret',
  }),
  contract(new LoginStateStore(), {
    of: (store, tx, realmId) => store.of(tx, realmId, 'other-browser', 'other-tab', now),
    insert: 'makes',
    replace: (store, tx, realmId, { client: clientUuid }) =>
      store.replace(tx, 'other-browser', {
        id: 'marker',
        tabId: 'other-tab',
        realmId,
        clientUuid,
        expiresAt: later,
        ver: 1,
      } as Parameters<typeof store.replace>[2]),
  }),
  contract(new EventStore(), {
    insertLoginEvents: 'makes',
    insertAdminEvents: 'makes',
    findLoginEvents: (store, tx, realmId) => store.findLoginEvents(tx, realmId, {}, now),
    findAdminEvents: (store, tx, realmId) => store.findAdminEvents(tx, realmId, {}, now),
    clearLoginEvents: (store, tx, realmId) => store.clearLoginEvents(tx, realmId),
    clearAdminEvents: (store, tx, realmId) => store.clearAdminEvents(tx, realmId),
  }),
  contract(new LogoutNoticeStore(), { insert: 'makes', claim: 'every realm' }),
  contract(new MailStore(plainSecretBox), { insert: 'makes', claim: 'every realm' }),
  contract(new WebhookMessageStore(), {
    insert: 'makes',
    claim: 'every realm',
    remove: (store, tx, realmId, { message: id }) => store.remove(tx, realmId, id),
    revive: (store, tx, realmId, { message: id }) => store.revive(tx, realmId, id),
    list: (store, tx, realmId) => store.list(tx, realmId, 'dead', { first: 0, max: 5 }),
  }),
  contract(new WorkflowStore(), {
    insertEvents: 'makes',
    due: 'every realm',
    lock: (store, tx, realmId) => store.lock(tx, realmId),
    takeEvents: (store, tx, realmId) => store.takeEvents(tx, realmId, 5),
    runsOf: (store, tx, realmId, { user }) => store.runsOf(tx, realmId, user),
    begin: (store, tx, realmId, { client: clientUuid, workflow: workflowId, step: stepId }) =>
      store.begin(tx, {
        id: 'new',
        realmId,
        workflowId,
        resource: { type: 'CLIENTS', clientUuid },
        stepId,
        waited: false,
        depth: 0,
        delayMs: 0,
      }),
    schedule: (store, tx, realmId, { workflow }) => store.schedule(tx, realmId, workflow, 0),
    idle: (store, tx, realmId, { workflow: id }) =>
      store.idle(tx, realmId, { id, supports: 'CLIENTS' }, '', 5),
  }),
  contract(new RealmExportStore(), {
    roles: (store, tx, realmId) => store.roles(tx, realmId),
    groups: (store, tx, realmId) => store.groups(tx, realmId),
    clientUuids: (store, tx, realmId) => store.clientUuids(tx, realmId),
    groupPaths: (store, tx, realmId) => store.groupPaths(tx, realmId),
    scopeMappings: (store, tx, realmId) => store.scopeMappings(tx, realmId),
    organizationGroups: (store, tx, realmId) => store.organizationGroups(tx, realmId),
  }),
  contract(new UserExportStore(new CredentialSecrets(plainSecretBox)), {
    count: (store, tx, realmId) => store.count(tx, realmId),
    page: (store, tx, realmId) => store.page(tx, realmId, '', 5, false),
  }),
  contract(new UnfinishedImportStore(), {
    of: (store, tx, realmId) => store.of(tx, realmId),
    begin: 'makes',
    advance: (store, tx, realmId) => store.advance(tx, realmId, 0, 1),
    finish: (store, tx, realmId) => store.finish(tx, realmId),
  }),
  contract(new RealmRemovalStore(), {
    hasMoreUsersThan: (store, tx, realmId) => store.hasMoreUsersThan(tx, realmId, 0),
    add: 'makes',
    all: 'every realm',
    removeSome: (store, tx, realmId) => store.removeSome(tx, 'users', realmId, 5),
    removeRest: 'the realm',
  }),
]
