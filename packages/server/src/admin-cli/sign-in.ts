import { stat } from 'node:fs/promises'
import { CliError } from './cli-error.ts'
import type { ParsedCommand } from './parsed-command.ts'
import { serverTrust } from './server-trust.ts'
import { type ConfigPlace, currentSession } from './session-file.ts'
import type { Terminal } from './terminal.ts'
import { askForTokens, assertionSeconds, signedAssertion, type TokenAnswer } from './tokens.ts'

const defaultClient = 'admin-cli'

/** What is known before a sign-in, from the command line or the configuration. */
export interface SignInPlace {
  readonly server: string | undefined
  readonly realm: string | undefined
  readonly clientId: string | undefined
}

/**
 * Signs in as a user, or as a client's service account, and keeps the session. Without a user, a secret and a key store it
 * only keeps which server and realm are meant.
 * @throws CliError in the words of kcadm, or of the server
 */
export async function signIn(
  command: ParsedCommand,
  known: SignInPlace,
  place: ConfigPlace,
  terminal: Terminal,
): Promise<void> {
  const { values } = command
  const { server, realm } = known
  if (server === undefined) throw new CliError('Required option not specified: --server', true)
  if (!URL.canParse(server)) throw new CliError(`Invalid server endpoint url: ${server}`)
  if (realm === undefined) throw new CliError('Required option not specified: --realm', true)
  const realmUrl = `${server}/realms/${realm}`
  const clientId = known.clientId ?? defaultClient
  const user = values.get('user')
  const keystore = values.get('keystore')
  const whom = user === undefined ? `service-account-${clientId}` : `user ${user}`
  const alone = user === undefined
  const asClient = keystore !== undefined || values.has('secret') || known.clientId !== undefined
  if (!alone || asClient) terminal.err(`Logging into ${server} as ${whom} of realm ${realm}\n`)
  const password = alone
    ? undefined
    : (values.get('password') ??
      terminal.variable('KC_CLI_PASSWORD') ??
      (await asked(terminal, 'password')))
  const secret = await secretOf(command, alone && asClient, terminal)
  const assertion =
    keystore === undefined
      ? undefined
      : await assertionOf(command, keystore, clientId, realmUrl, terminal)
  if (alone && secret === undefined && assertion === undefined) {
    await place.change((config) => Object.assign(config, { serverUrl: server, realm }))
    return
  }
  const grantType = alone ? 'client_credentials' : 'password'
  const grant = {
    grant_type: grantType,
    ...(alone ? {} : { username: user, password: password ?? '' }),
  }
  const trust = await serverTrust(command, { ...(await place.load()), serverUrl: server }, terminal)
  const tokens = await askForTokens(realmUrl, grant, { clientId, secret, assertion }, trust)
  const now = terminal.now()
  await place.change((config) => {
    Object.assign(config, { serverUrl: server, realm })
    Object.assign(currentSession(config), {
      clientId,
      ...tokenMembers(tokens, now),
      signingToken: assertion,
      secret,
      grantTypeForAuthentication: grantType,
      sigExpiresAt: assertion === undefined ? undefined : now + assertionSeconds * 1000,
    })
  })
}

/** @returns the members of a stored session that an answer of the token endpoint changes */
export function tokenMembers(tokens: TokenAnswer, now: number) {
  const { access_token: token, refresh_token: refreshToken } = tokens
  const refreshSeconds = tokens.refresh_expires_in ?? 0
  // 0 = never, as Keycloak's tool writes it for offline tokens.
  const refreshEnd = refreshSeconds === 0 ? Number.MAX_SAFE_INTEGER : now + refreshSeconds * 1000
  return {
    token,
    refreshToken,
    expiresAt: now + tokens.expires_in * 1000,
    refreshExpiresAt: refreshToken === undefined ? undefined : refreshEnd,
  }
}

async function secretOf(
  { values }: ParsedCommand,
  needed: boolean,
  terminal: Terminal,
): Promise<string | undefined> {
  const given = values.get('secret')
  if (values.has('keystore')) return given
  if (given === '-' && values.has('user')) return await asked(terminal, 'client secret')
  if (given !== undefined || !needed) return given
  return terminal.variable('KC_CLI_CLIENT_SECRET') ?? (await asked(terminal, 'client secret'))
}

async function assertionOf(
  { values }: ParsedCommand,
  file: string,
  clientId: string,
  realmUrl: string,
  terminal: Terminal,
): Promise<string> {
  if (values.has('secret')) throw new CliError("Can't use both --keystore and --secret", true)
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw new CliError(`No such keystore file: ${file}`)
  const storePassword = values.get('storePass') ?? terminal.variable('KC_CLI_STORE_PASSWORD')
  // PKCS#12 has one password for both; a store whose key has another is none that Java writes today.
  const password =
    values.get('keyPass') ??
    terminal.variable('KC_CLI_KEY_PASSWORD') ??
    storePassword ??
    (await asked(terminal, 'keystore password'))
  const store = {
    file,
    password: storePassword ?? password,
    alias: values.get('alias') ?? clientId,
  }
  return await signedAssertion(store, clientId, realmUrl)
}

async function asked(terminal: Terminal, what: string): Promise<string> {
  const secret = await terminal.ask(what)
  if (secret !== undefined) return secret
  throw new CliError(`Console is not active, but ${what} is required`)
}
