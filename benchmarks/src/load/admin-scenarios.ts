import { bootstrapAdmin } from '@holdfast/server/harness/server-process'
import { Connection } from './connection.ts'
import type { Operation } from './load.ts'
import { getBytes, jsonBytes, postBytes } from './requests.ts'

/** Master's access tokens live for a minute; a new one is fetched after this long. */
const renewAfterMs = 30_000

/** Requests of the first administrator, whose access token is renewed before it ends. */
export class AdminAccess {
  readonly #port: number
  #token: Promise<string> | null = null
  #renewAt = 0

  constructor(port: number) {
    this.#port = port
  }

  /** A GET that has to be answered with 200. @param path below `/admin/realms` */
  get(path: string): Operation {
    return this.getFrom(`/admin/realms${path}`)
  }

  /** A GET that has to be answered with 200. @param path from the server's root on */
  getFrom(path: string): Operation {
    return async (connection) => {
      const bytes = getBytes(path, await this.#headers())
      return (await connection.request(bytes)).status === 200
    }
  }

  /** Creates a user with another name every time. */
  createUser(prefix: string): Operation {
    let next = 0
    return async (connection) => {
      const username = `${prefix}-${next++}`
      const user = {
        username,
        enabled: true,
        email: `${username}@demo.test`,
        firstName: 'Created',
        lastName: username,
      }
      const path = '/admin/realms/demo/users'
      const bytes = jsonBytes('POST', path, user, await this.#headers())
      return (await connection.request(bytes)).status === 201
    }
  }

  /** Creates a realm with another name every time. */
  createRealm(prefix: string): Operation {
    let next = 0
    return async (connection) => {
      const value = { realm: `${prefix}-${next++}`, enabled: true }
      const bytes = jsonBytes('POST', '/admin/realms', value, await this.#headers())
      return (await connection.request(bytes)).status === 201
    }
  }

  /** Finds one of the demo realm's people by the exact name. */
  findUser(people: number): Operation {
    let next = 0
    return (connection, index) =>
      this.get(`/demo/users?username=person-${next++ % people}&exact=true`)(connection, index)
  }

  /** Changes the description of a client; each connection has a client of its own. */
  async updateClient(connections: number): Promise<Operation> {
    const clients: { id: string }[] = []
    for (let index = 0; index < connections; index++) clients.push(await this.#client(index))
    let next = 0
    return async (connection, index) => {
      const client = clients[index % connections]
      const value = { ...client, description: `changed ${next++} times` }
      const path = `/admin/realms/demo/clients/${client?.id}`
      const bytes = jsonBytes('PUT', path, value, await this.#headers())
      return (await connection.request(bytes)).status === 204
    }
  }

  /** The first twenty sessions of a client of the demo realm. */
  sessionsOfClient(clientId: string): Operation {
    let found: Promise<{ id: string }> | null = null
    return async (connection, index) => {
      found ??= this.#clientByName(clientId)
      const { id } = await found
      return this.get(`/demo/clients/${id}/user-sessions?first=0&max=20`)(connection, index)
    }
  }

  async #client(index: number): Promise<{ id: string }> {
    const connection = new Connection(this.#port)
    const clientId = `measured-${index}`
    const path = '/admin/realms/demo/clients'
    await connection.request(jsonBytes('POST', path, { clientId }, await this.#headers()))
    connection.close()
    return await this.#clientByName(clientId)
  }

  async #clientByName(clientId: string): Promise<{ id: string }> {
    const connection = new Connection(this.#port)
    const path = `/admin/realms/demo/clients?clientId=${clientId}`
    const answer = await connection.request(getBytes(path, await this.#headers()))
    connection.close()
    const [client] = JSON.parse(answer.body.toString('utf8')) as { id: string }[]
    if (client === undefined) throw new Error(`there is no client ${clientId}`)
    return client
  }

  async #headers(): Promise<Record<string, string>> {
    if (this.#token === null || performance.now() > this.#renewAt) {
      this.#renewAt = performance.now() + renewAfterMs
      this.#token = this.#signIn()
    }
    return { Authorization: `Bearer ${await this.#token}` }
  }

  async #signIn(): Promise<string> {
    const connection = new Connection(this.#port)
    const form = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
    const path = '/realms/master/protocol/openid-connect/token'
    const answer = await connection.request(postBytes(path, form))
    connection.close()
    if (answer.status !== 200) throw new Error('the administrator cannot sign in')
    return (JSON.parse(answer.body.toString('utf8')) as { access_token: string }).access_token
  }
}
