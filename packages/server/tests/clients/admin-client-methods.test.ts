import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { driveAuthorization } from './admin-client-methods/authorization-methods.ts'
import { driveClient, driveScopes } from './admin-client-methods/client-methods.ts'
import { DrivenClient } from './admin-client-methods/driven-client.ts'
import { drivePeople, type People } from './admin-client-methods/people-methods.ts'
import { driveRealm } from './admin-client-methods/realm-methods.ts'
import { driveSigningIn } from './admin-client-methods/sign-in-methods.ts'

/** Credentials for wallets (OID4VCI) and the second client API are features that are not there; the rest sends nothing. */
const elsewhere: ReadonlySet<string> = new Set(
  [
    ...['listVerifiableCredentials', 'createVerifiableCredential', 'revokeVerifiableCredential'],
    ...['updateVerifiableCredential', 'sendVerifiableCredentialOffer'],
    ...['listIssuedVerifiableCredentials', 'revokeIssuedVerifiableCredential'],
  ].map((name) => `users.${name}`),
)
const sendsNothing = new Set(['clients.v2', 'groups.getOrgId', 'groups.isOrgGroups'])

let server: TestServer
let client: DrivenClient
let booking: string
let people: People

beforeAll(async () => {
  server = await startTestServer()
  client = new DrivenClient(server.url, 'hotel')
  await client.signIn()
})
afterAll(async () => await server[Symbol.asyncDispose]())

it('sets up a realm with keys, texts, components and policies', async () => {
  await driveRealm(client)
})

it('makes a client, roles, users, groups and organizations', async () => {
  booking = await driveClient(client)
  people = await drivePeople(client, booking)
})

it('gives clients and client scopes mappers and role scopes', async () => {
  await driveScopes(client, booking, people)
})

it('protects resources with policies and permissions', async () => {
  await driveAuthorization(client, booking, people)
})

it('builds flows and identity providers', async () => {
  await driveSigningIn(client)
})

it('moves the realm, takes all away, and has called every method of the client', async () => {
  const { realm } = client
  const exported = await client.call('realms.export', { realm, exportClients: true })
  expect(exported).toHaveProperty('clients.0.clientId')
  const rep = { ifResourceExists: 'SKIP', users: [{ username: 'host' }] }
  expect(await client.call('realms.partialImport', { realm, rep })).toMatchObject({ added: 1 })
  expect(await client.refusal('realms.getUsersManagementPermissions', { realm })).toBe(501)
  const enabled = { realm, enabled: true }
  expect(await client.refusal('realms.updateUsersManagementPermissions', enabled)).toBe(501)
  expect(await client.call('workflows.scheduled', { userId: people.user })).toEqual([])
  await client.call('users.del', { id: people.user })
  await client.call('clients.del', { id: booking })
  await client.call('realms.del', { realm })
  const missed = client.notCalled().filter((name) => !elsewhere.has(name))
  expect(missed.filter((name) => !sendsNothing.has(name))).toEqual([])
})
