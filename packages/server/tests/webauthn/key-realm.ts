import type { Browser, Page } from '../harness/browser.ts'
import { fixture } from '../harness/fixtures.ts'
import { SoftwareAuthenticator } from '../harness/software-authenticator.ts'
import { anna, type SmallRealm, type SmallRealms } from '../login/small-realm.ts'

/** An event as Admin REST tells it. */
export interface RecordedEvent {
  readonly type: string
  readonly error?: string
  readonly details: Readonly<Record<string, string>>
}

interface KnownKey {
  readonly credentialIdBase64: string
  readonly privateKeyPkcs8Pem: string
}

/** The key that a Keycloak has registered for users of the realm acme. */
function knownKey(): KnownKey {
  const { users } = fixture<{ users: { heidi: { webauthn: KnownKey } } }>('realms/acme.passwords')
  return users.heidi.webauthn
}

/** @returns Keycloak's stored form of that key, as its exports have it */
export function exportedKey(type: string): Record<string, unknown> {
  type Exported = { id: string; type: string }
  const { users } = fixture<{ users: { username: string; credentials: Exported[] }[] }>(
    'realms/acme',
  )
  const owner = users.find(({ username }) => username === 'heidi')
  const key = owner?.credentials.find((one) => one.type === 'webauthn')
  if (key === undefined) throw new Error('the export has no key')
  const { id: _id, ...members } = key
  return { ...members, type }
}

/** Makes a realm whose browser flow asks for a key after the password, and keeps events. */
export async function keyRealm(
  realms: SmallRealms,
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
  user: Readonly<Record<string, unknown>> = {},
): Promise<SmallRealm> {
  const realm = await realms.create(name, { eventsEnabled: true, ...settings }, {}, user)
  const path = '/authentication/flows/browser/executions'
  const executions = (await realm.send(path, 'GET')) as { id: string; providerId: string }[]
  const key = executions.find(({ providerId }) => providerId === 'webauthn-authenticator')
  await realm.send(path, 'PUT', { ...key, requirement: 'ALTERNATIVE' })
  return realm
}

/** An authenticator that holds the known key, for pages of this server. */
export function knownAuthenticator(realms: SmallRealms): SoftwareAuthenticator {
  return new SoftwareAuthenticator(new URL(realms.server.url).origin, knownKey())
}

/** Name and password. @returns the page after them */
export async function pastPassword(
  realm: SmallRealm,
  browser: Browser,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Page> {
  return browser.submit(await realm.begin(browser, parameters), anna)
}

/** The newest event of a type. */
export async function newestEvent(realm: SmallRealm, type: string): Promise<RecordedEvent> {
  const [event] = (await realm.send(`/events?type=${type}&max=1`, 'GET')) as RecordedEvent[]
  if (event === undefined) throw new Error(`no event ${type}`)
  return event
}
