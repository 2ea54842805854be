import type { FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import { answerFor } from '../../../http/error-handler.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { realmOf } from '../realm-request.ts'

/** Realms that are remembered; beyond it the one that was put in first is forgotten. */
const realmsMax = 1_000

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
    const known = this.known(name)
    if (known === undefined) return this.#read(request).then(answer)
    answer(known)
    return undefined
  }

  /** The realm if it is known without asking anybody. */
  known(name: string): Realm | undefined {
    const known = this.#deps.realms.knownByName(name)
    if (known !== undefined) this.#remember(name, known)
    return known
  }

  /** Whether the realm was read here before, be it long ago. */
  wasRead(name: string): boolean {
    return this.#lastRead.has(name)
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
