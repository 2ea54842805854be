import { setTimeout as pause } from 'node:timers/promises'
import type { ClientLifecycle } from '../../../domains/client-lifecycle/client-lifecycle.ts'
import type { Client } from '../../../domains/clients/client.ts'
import {
  clientMetadata,
  clientOf,
  MetadataProblem,
} from '../../../domains/clients/client-metadata.ts'
import type { GivenClient } from '../../../domains/clients/client-reader.ts'
import type { Clients } from '../../../domains/clients/clients.ts'
import { RowAllowance } from '../../../domains/flows/login-state/row-allowance.ts'
import type { ClientChanges } from '../../../domains/policy-enforcement/client-changes.ts'
import {
  type DocumentPolicy,
  documentPolicyOf,
} from '../../../domains/policy-enforcement/metadata-documents/document-policy.ts'
import { hostOfAddress } from '../../../domains/policy-enforcement/metadata-documents/trusted-domain.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
import { cacheSeconds } from './cache-seconds.ts'
import { refusedDocument, requireClientIdAddress, requireUsableDocument } from './document-rules.ts'

/** Limits that the operator may set, by Keycloak's options of the executor. */
export interface DocumentLimits {
  readonly minCacheSeconds: number
  readonly maxCacheSeconds: number
  readonly bytesMax: number
}

export interface ClientIdDocumentsDeps {
  readonly clients: Pick<Clients, 'byClientId' | 'byId' | 'list'>
  readonly clientChanges: Pick<ClientChanges, 'registering' | 'updating' | 'saved'>
  readonly clientLifecycle: Pick<ClientLifecycle, 'create' | 'update'>
  /** @throws Error where there is no such document, or none that may be asked for */
  readonly fetchDocument: (
    url: string,
    bytesMax: number,
  ) => Promise<{ readonly text: string; readonly cacheControl: string | undefined }>
  readonly limits: DocumentLimits
  readonly clock: Clock
}

/** When the document of a client is asked for again, in seconds since the epoch: Keycloak's attribute. */
const expiryAttribute = 'cimd.cache.expiry.time.in.sec'
/** Documents that one network may have fetched within a minute. */
const fetchesPerMinuteMax = 30
/** Clients of a realm, of every kind, at which no more come by themselves. */
const clientsMax = 5_000

/** What another node has written is seen here within a quarter of a second. */
const askEveryMs = 25
const asksMax = 40

const updater = { by: 'ByAnonymous', user: null } as const

/**
 * OAuth Client ID Metadata Documents, as Keycloak's executor `client-id-metadata-document` has them: a client whose id is the
 * address of its metadata comes into being with its first request, and is brought up to date when its document may have
 * changed. Everything about it is a stored client then, on every node.
 */
export class ClientIdDocuments {
  readonly #deps: ClientIdDocumentsDeps
  readonly #fetches: RowAllowance

  constructor(deps: ClientIdDocumentsDeps) {
    this.#deps = deps
    this.#fetches = new RowAllowance(deps.clock, fetchesPerMinuteMax)
  }

  /**
   * Has the client of an authorization request there, if its id is an address that a policy of the realm is about. A client
   * that somebody registered under such an id is left alone.
   * @throws ClientPolicyRefusal with the error that Keycloak's executor has
   */
  async prepare(realm: Realm, parameters: URLSearchParams, ipAddress: string): Promise<void> {
    const [clientId, ...others] = parameters.getAll('client_id')
    if (clientId === undefined || others.length > 0 || !clientId.includes('://')) return
    const policy = documentPolicyOf(realm, clientId)
    if (policy === undefined) return
    const present = await this.#deps.clients.byClientId(realm.id, clientId)
    const expiry = present?.representation.attributes?.[expiryAttribute]
    if (present !== null && expiry === undefined) return
    requireClientIdAddress(clientId, policy)
    const redirectUri = parameters.get('redirect_uri')
    if (redirectUri === null) {
      throw refusedDocument(
        'Invalid Authorization Request: it does not include redirect_uri parameter',
      )
    }
    if (Number(expiry ?? 0) > epochSeconds(this.#deps.clock)) return
    if (!this.#fetches.take(networkOfAddress(ipAddress))) {
      throw refusedDocument('Client Metadata fetch failed')
    }
    const given = await this.#given(clientId, redirectUri, policy)
    if (present === null) await this.#create(realm, given, ipAddress)
    else await this.#update(realm, present, given, ipAddress)
  }

  async #given(clientId: string, redirectUri: string, policy: DocumentPolicy) {
    const { limits, clock, fetchDocument } = this.#deps
    let document: Awaited<ReturnType<typeof fetchDocument>>
    try {
      document = await fetchDocument(clientId, limits.bytesMax)
    } catch {
      throw refusedDocument('Client Metadata fetch failed')
    }
    const metadata = objectIn(document.text)
    requireUsableDocument(metadata, clientId, redirectUri, policy)
    const bounds = { min: limits.minCacheSeconds, max: limits.maxCacheSeconds }
    const expiry = epochSeconds(clock) + cacheSeconds(document.cacheControl, bounds)
    return { clientId, members: membersOf(metadata, clientId, expiry) }
  }

  async #create(
    realm: Realm,
    given: GivenClient & { readonly clientId: string },
    ipAddress: string,
  ): Promise<void> {
    const { clients, clientChanges, clientLifecycle } = this.#deps
    const known = await clients.list({ realmId: realm.id, first: clientsMax, max: 1 })
    if (known.length > 0) throw refusedDocument('Client Metadata fetch failed')
    const by = { ...updater, ipAddress }
    const configured = await clientChanges.registering(realm, given, by)
    try {
      const client = await clientLifecycle.create(realm, configured)
      await clientChanges.saved(realm, client, by, 'REGISTERED')
    } catch (error) {
      if (error instanceof ModelError && error.reason === 'duplicate') {
        await this.#seen(realm, given.clientId)
        return
      }
      if (error instanceof ModelError) {
        throw refusedDocument(`Invalid Client Metadata: ${error.message}`)
      }
      throw error
    }
  }

  /** Another request was faster, on whatever node: here it may still be known that there is no such client. */
  async #seen(realm: Realm, clientId: string): Promise<void> {
    for (let asked = 0; asked < asksMax; asked += 1) {
      if ((await this.#deps.clients.byClientId(realm.id, clientId)) !== null) return
      await pause(askEveryMs)
    }
  }

  async #update(realm: Realm, present: Client, given: GivenClient, ipAddress: string) {
    const { clientChanges, clientLifecycle } = this.#deps
    const by = { ...updater, ipAddress }
    const changed = await clientChanges.updating(realm, present, given, by)
    try {
      await clientLifecycle.update(realm, present.id, {
        ...changed.given,
        clientId: present.clientId,
      })
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      throw refusedDocument(`Invalid Client Metadata: ${error.message}`)
    }
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw refusedDocument('Invalid Client Metadata: no content.')
  }
  return value as Readonly<Record<string, unknown>>
}

/** The client of a document. Nobody has vouched for it: its user is asked, and told the host it comes from (§6.4). */
function membersOf(
  metadata: Readonly<Record<string, unknown>>,
  clientId: string,
  expiry: number,
): GivenClient['members'] {
  const read = clientMetadata.safeParse({ token_endpoint_auth_method: 'none', ...metadata })
  if (!read.success) {
    const path = read.error.issues[0]?.path.join('.') ?? ''
    throw refusedDocument(`Invalid Client Metadata: ${path}`)
  }
  try {
    const { client_id: _, scope: _scope, ...described } = read.data
    const members = clientOf(described)
    return {
      ...members,
      consentRequired: true,
      fullScopeAllowed: false,
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
      implicitFlowEnabled: false,
      attributes: {
        ...members.attributes,
        'pkce.code.challenge.method': 'S256',
        'display.on.consent.screen': 'true',
        'consent.screen.text': `The client's hostname is ${hostOfAddress(clientId)}`,
        [expiryAttribute]: String(expiry),
      },
    }
  } catch (error) {
    if (!(error instanceof MetadataProblem)) throw error
    throw refusedDocument(`Invalid Client Metadata: ${error.message}`)
  }
}
