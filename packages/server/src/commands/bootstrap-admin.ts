import { createInterface } from 'node:readline/promises'
import type { ServerSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import { ensureMasterRealm } from '../domains/transfer/master-realm.ts'
import { withOfflineDomains } from './offline-domains.ts'

const defaultName = 'temp-admin'

/**
 * `bootstrap-admin user|service`: makes an administrator in the master realm, also when there are some, of whom nobody
 * can sign in any more.
 * Name and secret come from options, from environment variables that options name (`--password:env`), or are asked for.
 * @throws SettingError when the secret is missing
 */
export async function bootstrapAdmin(
  { commandLine, lookUp }: Configuration,
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<number> {
  const { command, options } = commandLine
  const forUser = command === 'bootstrap-admin user'
  const read = (name: string) => {
    const variable = options.get(`${name}:env`)
    if (variable === undefined) return options.get(name)
    const value = lookUp(variable)
    if (value !== undefined) return value
    throw new SettingError(`Environment variable ${variable} not found`)
  }
  const asked = !options.has('no-prompt') && process.stdin.isTTY
  const ask = async (text: string) => (asked ? await question(text) : undefined)
  const name =
    read(forUser ? 'username' : 'client-id') ??
    ((await ask(`Enter ${forUser ? 'username' : 'client ID'} [${defaultName}]: `)) || defaultName)
  const secret =
    read(forUser ? 'password' : 'client-secret') ??
    (await ask(`Enter ${forUser ? 'password' : 'client secret'}: `))
  if (secret === undefined || secret === '') {
    throw new SettingError(forUser ? 'No password provided' : 'No client secret provided')
  }
  return await withOfflineDomains(settings, signal, async ({ domains, logger }) => {
    const { firstAdministrator, realmImport } = domains.transfer
    await ensureMasterRealm(domains.realms, realmImport)
    await firstAdministrator.create({
      ...(forUser
        ? { user: { username: name, password: secret } }
        : { client: { clientId: name, secret } }),
      temporary: true,
      onlyFirst: false,
    })
    logger.info(
      forUser
        ? `Created temporary admin user with username ${name}`
        : `Created temporary admin service account with client id ${name}`,
    )
    return 0
  })
}

async function question(text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(text)
  } finally {
    terminal.close()
  }
}
