import { stat } from 'node:fs/promises'
import { configPlace } from './admin-connection.ts'
import { CliError } from './cli-error.ts'
import type { ParsedCommand } from './parsed-command.ts'
import { currentSession } from './session-file.ts'
import { signIn } from './sign-in.ts'
import type { Terminal } from './terminal.ts'

/** Options of a sign-in, which say nothing about a trust store. */
const foreignOptions: readonly (readonly [key: string, name: string])[] = [
  ['server', '--server'],
  ['realm', '--realm'],
  ['clientId', '--client'],
  ['user', '--user'],
  ['password', '--password'],
  ['secret', '--secret'],
  ['trustStore', '--truststore'],
  ['keystore', '--keystore'],
  ['keyPass', '--keypass'],
  ['alias', '--alias'],
]

/** `config credentials`: signs in and keeps the session, or tells about it. */
export async function configCredentials(command: ParsedCommand, terminal: Terminal): Promise<void> {
  const { flags, values } = command
  if (flags.has('noconfig')) throw new CliError('Unsupported option: --no-config', true)
  const place = configPlace(command, terminal)
  if (!flags.has('status')) {
    const known = {
      server: values.get('server'),
      realm: values.get('realm'),
      clientId: values.get('clientId'),
    }
    await signIn(command, known, place, terminal)
    return
  }
  const config = await place.load()
  const { serverUrl, realm } = config
  const session = serverUrl === undefined || realm === undefined ? {} : currentSession(config)
  const left = (session.expiresAt ?? 0) - terminal.now()
  if (session.token === undefined || left <= 0) {
    terminal.out('You are not logged in\n')
    return
  }
  const seconds = Math.floor(left / 1000)
  terminal.out(
    `Logged in (server: ${serverUrl}, realm: ${realm}, expired: false, timeToExpiry: ${seconds}s from now)\n`,
  )
}

/** `config truststore`: whom to trust when a server is reached by HTTPS. */
export async function configTruststore(command: ParsedCommand, terminal: Terminal): Promise<void> {
  const { flags, values, word: store } = command
  const foreign = foreignOptions.find(([key]) => values.has(key))
  if (foreign !== undefined) throw new CliError(`Unsupported option: ${foreign[1]}`, true)
  if (flags.has('noconfig')) throw new CliError('Unsupported option: --no-config', true)
  const given = values.get('trustPass')
  const place = configPlace(command, terminal)
  if (flags.has('remove')) {
    if (store !== undefined) {
      throw new CliError('Option --delete is mutually exclusive with specifying a TRUSTSTORE', true)
    }
    if (given !== undefined) {
      throw new CliError('Options --trustpass and --delete are mutually exclusive', true)
    }
    await place.change((config) => {
      delete config.truststore
      delete config.trustpass
    })
    return
  }
  if (store === undefined) throw new CliError('No truststore specified', true)
  const found = await stat(store).catch(() => null)
  if (!found?.isFile()) throw new CliError(`Truststore file not found: ${store}`)
  const trustpass = given === '-' ? await terminal.ask('truststore password') : given
  await place.change((config) => Object.assign(config, { truststore: store, trustpass }))
}
