import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestContext } from './line-format.ts'

interface Scope {
  readonly id: string
  readonly context: Map<string, string>
}

const nothing: ReadonlyMap<string, string> = new Map()

/** Knows of everything that is done for a request which request it is, without being handed through every call. */
export class RequestScope implements RequestContext {
  readonly #scopes = new AsyncLocalStorage<Scope>()

  /**
   * Does `work`, and what follows from it, as part of a request.
   * @param context what is known of the request already, by Keycloak's names: `realmName`, `ipAddress`, …
   */
  run(requestId: string, work: () => void, context: Readonly<Record<string, string>> = {}): void {
    this.#scopes.run({ id: requestId, context: new Map(Object.entries(context)) }, work)
  }

  /** Something more about the request is known: its later lines say so. Nothing happens outside of requests. */
  note(name: string, value: string): void {
    this.#scopes.getStore()?.context.set(name, value)
  }

  /** The request that is being worked on; undefined outside of requests. */
  get requestId(): string | undefined {
    return this.#scopes.getStore()?.id
  }

  /** What is known of it. */
  get context(): ReadonlyMap<string, string> {
    return this.#scopes.getStore()?.context ?? nothing
  }
}
