import { readFile } from 'node:fs/promises'
import { trustedCertificates } from '../key-stores/trusted-certificates.ts'
import { CliError } from './cli-error.ts'
import type { ServerTrust } from './http-exchange.ts'
import type { ParsedCommand } from './parsed-command.ts'
import type { StoredConfig } from './session-file.ts'
import type { Terminal } from './terminal.ts'

/**
 * @returns how the server's certificate is checked: by a trust store (PKCS#12 or PEM) of the command or of the configuration
 * @throws CliError when the store cannot be read
 */
export async function serverTrust(
  { values, flags }: ParsedCommand,
  config: StoredConfig,
  terminal: Terminal,
): Promise<ServerTrust> {
  const encrypted = config.serverUrl?.startsWith('https:') === true
  if (!encrypted) return { authorities: undefined, insecure: false }
  const insecure = flags.has('insecure')
  if (insecure) {
    terminal.err('The certificate of the server is not checked (--insecure): not for production\n')
  }
  const file = values.get('trustStore') ?? config.truststore
  if (file === undefined) return { authorities: undefined, insecure }
  try {
    const content = await readFile(file)
    const password =
      values.get('trustPass') ??
      config.trustpass ??
      terminal.variable('KC_CLI_TRUSTSTORE_PASSWORD') ??
      (content.includes('-----BEGIN') ? undefined : await terminal.ask('truststore password'))
    return { authorities: trustedCertificates(content, password), insecure }
  } catch (error) {
    throw new CliError(`Failed to load truststore: ${file}: ${(error as Error).message}`)
  }
}
