import KeycloakAdminClient, { NetworkError } from '@keycloak/keycloak-admin-client'
import { bootstrapAdmin } from '../../harness/server-process.ts'

type Method = (...given: unknown[]) => Promise<unknown>
export type Resource = Readonly<Record<string, Method>>

/** What every resource inherits: these send requests for the others. */
const inherited: ReadonlySet<string> = new Set(['constructor', 'makeRequest', 'makeUpdateRequest'])

/** The admin client of Keycloak, called by the names of its methods; it remembers which were called. */
export class DrivenClient {
  readonly #admin: KeycloakAdminClient
  readonly #called = new Set<string>()

  constructor(baseUrl: string, realm: string) {
    this.#admin = new KeycloakAdminClient({ baseUrl, realmName: 'master' })
    this.realm = realm
  }

  readonly realm: string

  async signIn(): Promise<void> {
    this.#admin.setConfig({ realmName: 'master' })
    await this.#admin.auth({
      grantType: 'password',
      clientId: 'admin-cli',
      username: bootstrapAdmin.username,
      password: bootstrapAdmin.password,
    })
    this.#admin.setConfig({ realmName: this.realm })
  }

  /**
   * @param name e.g. `users.create`
   * @returns what the method returns. @throws NetworkError for refusals
   */
  async call<T = { id: string }>(name: string, ...given: unknown[]): Promise<T> {
    const resource = this.#resources().get(name.split('.')[0] ?? '')
    return await this.callOn<T>(resource, name, ...given)
  }

  /** As `call`, on a resource that another one holds, such as the groups of an organization. */
  async callOn<T = { id: string }>(
    resource: Resource | undefined,
    name: string,
    ...given: unknown[]
  ): Promise<T> {
    const method = resource?.[name.split('.')[1] ?? '']
    if (method === undefined) throw new Error(`The client has no ${name}`)
    this.#called.add(name)
    return (await method.apply(resource, given)) as T
  }

  /** @returns the status with which a call is refused; 0 when it is not */
  async refusal(name: string, ...given: unknown[]): Promise<number> {
    try {
      await this.call(name, ...given)
      return 0
    } catch (error) {
      if (error instanceof NetworkError) return error.response.status
      throw error
    }
  }

  /** @returns methods of all resources that were not called */
  notCalled(): string[] {
    return [...this.#resources()]
      .flatMap(([name, resource]) => methodsOf(resource).map((method) => `${name}.${method}`))
      .filter((name) => !this.#called.has(name))
  }

  #resources(): ReadonlyMap<string, Resource> {
    const members = Object.entries(this.#admin as unknown as Record<string, unknown>)
    return new Map(
      members.filter(
        (member): member is [string, Resource] =>
          typeof member[1] === 'object' && member[1] !== null && 'makeRequest' in member[1],
      ),
    )
  }
}

function methodsOf(resource: Resource): string[] {
  const prototype = Object.getPrototypeOf(resource) as Resource
  const names = [...Object.keys(resource), ...Object.getOwnPropertyNames(prototype)]
  return names.filter((name) => !inherited.has(name) && typeof resource[name] === 'function')
}
