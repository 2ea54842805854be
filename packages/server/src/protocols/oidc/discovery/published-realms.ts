import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import { answerFor } from '../../../http/error-handler.ts'
import { decodedPart } from '../../../http/path-part.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { realmOf } from '../realm-request.ts'

/** Realms that are remembered; beyond it the one that was put in first is forgotten. */
const realmsMax = 1_000
/** The paths of metadata and keys (register-discovery.ts, register-certs.ts), below any relative path. */
const publishedPath =
  /\/realms\/([^/?]+)\/(?:\.well-known\/(?:openid-configuration|oauth-authorization-server)|protocol\/openid-connect\/certs)\/?(?:\?|$)/
/** The same where the well-known part comes first. */
const wellKnownFirst = /\/\.well-known\/oauth-authorization-server\/realms\/([^/?]+)\/?(?:\?|$)/

/**
 * Realms for what anybody may know: metadata and public keys. Where the database cannot be asked, the realm is given as it
 * was last read here, so that clients can start and check tokens while it is away (cluster.md §11). Nothing is granted by it.
 */
export class PublishedRealms {
  readonly #deps: Pick<OidcDeps, 'realms'>
  readonly #lastRead = new Map<string, Realm>()

  constructor(deps: Pick<OidcDeps, 'realms'>) {
    this.#deps = deps
  }

  /**
   * Answers with the realm: at once where it is known, since these endpoints are asked the same again and again and cost
   * little more than being sent; otherwise in the promise.
   * @throws HttpError 404 for a realm that does not exist; what `realmOf` throws for one that was never read here
   */
  serve(request: FastifyRequest, answer: (realm: Realm) => void): Promise<void> | undefined {
    const { realm: name = '' } = request.params as { realm?: string }
    const known = this.#deps.realms.knownByName(name)
    if (known === undefined) return this.#read(request).then(answer)
    this.#remember(name, known)
    answer(known)
    return undefined
  }

  /** Whether a request asks for the metadata or the keys of a realm that was read here before. */
  publishes({ url = '', method }: IncomingMessage): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false
    const name = (publishedPath.exec(url) ?? wellKnownFirst.exec(url))?.[1]
    return name !== undefined && this.#lastRead.has(decodedPart(name))
  }

  async #read(request: FastifyRequest): Promise<Realm> {
    const { realm: name = '' } = request.params as { realm?: string }
    try {
      const realm = await realmOf(this.#deps, request)
      this.#remember(name, realm)
      return realm
    } catch (error) {
      const { status } = answerFor(error)
      if (status === 404) this.#lastRead.delete(name)
      const last = this.#lastRead.get(name)
      if (status !== 503 || last === undefined) throw error
      return last
    }
  }

  #remember(name: string, realm: Realm): void {
    if (this.#lastRead.get(name) === realm) return
    this.#lastRead.set(name, realm)
    if (this.#lastRead.size <= realmsMax) return
    const [first] = this.#lastRead.keys()
    if (first !== undefined) this.#lastRead.delete(first)
  }
}
