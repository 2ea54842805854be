import { CliError } from './cli-error.ts'
import {
  type Answer,
  exchange,
  type Question,
  requireSuccess,
  type ServerTrust,
} from './http-exchange.ts'
import type { Json } from './json-text.ts'
import type { ParsedCommand } from './parsed-command.ts'
import { serverTrust } from './server-trust.ts'
import {
  type ConfigPlace,
  currentSession,
  SessionFile,
  SessionMemory,
  type StoredConfig,
  type StoredSession,
} from './session-file.ts'
import { signIn, tokenMembers } from './sign-in.ts'
import type { Terminal } from './terminal.ts'
import { askForTokens } from './tokens.ts'

/** A token is renewed when it lives shorter than this, milliseconds: as in Keycloak's tool. */
const leastLifeMs = 5000
/** Options that ask for a sign-in of their own. */
const signInOptions = ['user', 'password', 'secret', 'keystore', 'keyPass', 'storePass', 'alias']

/** @returns where the configuration of a command is kept */
export function configPlace({ values, flags }: ParsedCommand, terminal: Terminal): ConfigPlace {
  const file = values.get('config')
  if (!flags.has('noconfig')) return new SessionFile(file ?? SessionFile.defaultPath(terminal.home))
  if (file !== undefined) {
    throw new CliError('Options --config and --no-config are mutually exclusive', true)
  }
  const config: StoredConfig = {
    serverUrl: values.get('server'),
    realm: values.get('realm'),
    truststore: values.get('trustStore'),
  }
  currentSession(config)
  return new SessionMemory(config)
}

/** A server's Admin REST endpoints, with the token that a command has. */
export class AdminConnection {
  readonly #root: string
  readonly #trust: ServerTrust
  readonly #token: string | undefined
  readonly #realm: string

  private constructor(root: string, realm: string, token: string | undefined, trust: ServerTrust) {
    this.#root = root.endsWith('/') ? root : `${root}/`
    this.#realm = realm
    this.#token = token
    this.#trust = trust
  }

  /** Signs in where the command says so, else takes the session of the configuration. */
  static async open(command: ParsedCommand, terminal: Terminal): Promise<AdminConnection> {
    const { values } = command
    const place = configPlace(command, terminal)
    const given = withPlace(await place.load(), command, terminal)
    const trust = await serverTrust(command, given, terminal)
    const externalToken = values.get('externalToken')
    const own =
      externalToken === undefined && signInOptions.some((name) => values.has(name))
        ? new SessionMemory(given)
        : place
    if (own !== place) {
      const { serverUrl: server, realm } = given
      const clientId = values.get('clientId') ?? currentSession(given).clientId ?? 'admin-cli'
      await signIn(command, { server, realm, clientId }, own, terminal)
    }
    const config = withPlace(await own.load(), command, terminal)
    const token = externalToken ?? (await tokenOf(config, own, trust, terminal))
    const root = values.get('adminRestRoot') ?? `${slashed(config.serverUrl ?? '')}admin`
    const realm = values.get('targetRealm') ?? config.realm ?? 'null'
    return new AdminConnection(root, realm, token, trust)
  }

  /** @returns the address of a resource: of the server, of the target realm, or the whole address that was given */
  urlOf(resource: string): string {
    if (/^https?:/.test(resource)) return resource
    const ofServer = /^realms(?:\/|$)/.test(resource) || resource === 'serverinfo'
    return `${this.#root}${ofServer ? '' : `realms/${this.#realm}/`}${resource}`
  }

  /** @param question with the headers of the command; the token is added unless they have one */
  async send(question: Question): Promise<Answer> {
    const headers = new Map(question.headers)
    const named = [...headers.keys()].some((name) => name.toLowerCase() === 'authorization')
    if (this.#token !== undefined && !named) headers.set('Authorization', `Bearer ${this.#token}`)
    return await exchange({ ...question, headers }, this.#trust).catch((error: Error) => {
      if (error instanceof CliError) throw error
      throw new CliError(`HTTP request error: ${error.message}`)
    })
  }

  /** @throws CliError unless the answer is JSON of a success */
  async read(url: string): Promise<Json> {
    const headers = new Map([['Accept', 'application/json']])
    const answer = await this.send({ method: 'GET', url, headers })
    requireSuccess(answer, url)
    return JSON.parse(answer.body.toString('utf8')) as Json
  }

  /** Sends JSON. @param named whether a 404 is told with the address */
  async write(
    method: 'POST' | 'PUT' | 'DELETE',
    url: string,
    content: Json,
    named = true,
  ): Promise<void> {
    const headers = new Map([['Content-Type', 'application/json']])
    const answer = await this.send({ method, url, headers, body: JSON.stringify(content) })
    requireSuccess(answer, named ? url : undefined)
  }
}

function slashed(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

/** @throws CliError when neither the command nor the configuration names a server and a realm */
function withPlace(
  config: StoredConfig,
  { values }: ParsedCommand,
  { program }: Terminal,
): StoredConfig {
  const serverUrl = values.get('server') ?? config.serverUrl
  const realm = values.get('realm') ?? config.realm
  if (serverUrl === undefined) {
    throw new CliError(`No server specified. Use --server, or '${program} config credentials'.`)
  }
  if (realm === undefined && !values.has('externalToken')) {
    throw new CliError(
      `No realm or token specified. Use --realm, --token, or '${program} config credentials'.`,
    )
  }
  return { ...config, serverUrl, realm }
}

/** @returns undefined where nobody has signed in: the server then says what it thinks of that */
async function tokenOf(
  config: StoredConfig,
  place: ConfigPlace,
  trust: ServerTrust,
  terminal: Terminal,
): Promise<string | undefined> {
  const session = currentSession(config)
  const { token, refreshToken, grantTypeForAuthentication: grantType } = session
  const usable =
    refreshToken !== undefined || (token !== undefined && grantType === 'client_credentials')
  if (!usable) return undefined
  const left = (at: number | undefined) => (at ?? Infinity) - terminal.now()
  if (left(session.expiresAt) >= leastLifeMs) return token
  if (left(session.refreshExpiresAt) < leastLifeMs || left(session.sigExpiresAt) < leastLifeMs) {
    throw new CliError(
      `Session has expired. Login again with '${terminal.program} config credentials'`,
    )
  }
  return await renewed(session, config, place, trust, terminal)
}

async function renewed(
  session: StoredSession,
  config: StoredConfig,
  place: ConfigPlace,
  trust: ServerTrust,
  terminal: Terminal,
): Promise<string> {
  const { refreshToken, secret, signingToken: assertion } = session
  const grant: Record<string, string> =
    refreshToken === undefined
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken }
  const clientId = session.clientId ?? 'admin-cli'
  const realmUrl = `${config.serverUrl}/realms/${config.realm}`
  const tokens = await askForTokens(realmUrl, grant, { clientId, secret, assertion }, trust).catch(
    (error: Error) => {
      throw new CliError(`Failed to refresh access token - ${error.message}`)
    },
  )
  await place.change((stored) => {
    stored.serverUrl ??= config.serverUrl
    stored.realm ??= config.realm
    const kept = { ...stored, serverUrl: config.serverUrl, realm: config.realm }
    Object.assign(currentSession(kept), tokenMembers(tokens, terminal.now()))
    stored.endpoints = kept.endpoints
  })
  return tokens.access_token
}
