import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CliError } from './cli-error.ts'
import { isObject, type Json, jsonText } from './json-text.ts'

/** A session with one realm of one server, as `kcadm.config` holds it. */
export interface StoredSession {
  clientId?: string | undefined
  token?: string | undefined
  refreshToken?: string | undefined
  /** A signed assertion that authenticates the client. */
  signingToken?: string | undefined
  secret?: string | undefined
  grantTypeForAuthentication?: string | undefined
  /** Milliseconds since 1970, as the two below. */
  expiresAt?: number | undefined
  refreshExpiresAt?: number | undefined
  sigExpiresAt?: number | undefined
}

/** What `kcadm.config` holds. */
export interface StoredConfig {
  serverUrl?: string | undefined
  realm?: string | undefined
  truststore?: string | undefined
  trustpass?: string | undefined
  /** By server, then by realm. */
  endpoints?: Record<string, Record<string, StoredSession>> | undefined
}

/** Where the configuration of a command is kept. */
export interface ConfigPlace {
  load(): Promise<StoredConfig>
  change(change: (config: StoredConfig) => void): Promise<void>
}

const directoryMode = 0o700
const fileMode = 0o600
const configBytesMax = 10 * 1024 * 1024

/** @returns the session of the server and realm that the configuration names, made if it is not there */
export function currentSession(config: StoredConfig): StoredSession {
  const { serverUrl, realm } = config
  if (serverUrl === undefined) {
    throw new CliError('Illegal state - no current endpoint in config data')
  }
  if (realm === undefined) throw new CliError('Illegal state - no current realm in config data')
  config.endpoints ??= {}
  const ofServer = config.endpoints[serverUrl] ?? {}
  config.endpoints[serverUrl] = ofServer
  const session = ofServer[realm] ?? {}
  ofServer[realm] = session
  return session
}

/** `~/.keycloak/kcadm.config`: tokens and secrets, which only its owner reads. */
export class SessionFile implements ConfigPlace {
  readonly #file: string

  constructor(file: string) {
    this.#file = resolve(file)
  }

  /** @returns where Keycloak's tool has its file */
  static defaultPath(home: string): string {
    return join(home, '.keycloak', 'kcadm.config')
  }

  async load(): Promise<StoredConfig> {
    const found = await stat(this.#file).catch(() => null)
    if (found === null || !found.isFile() || found.size === 0) return {}
    if (found.size > configBytesMax) throw new CliError(`Failed to load ${this.#file}`)
    const text = await readFile(this.#file, 'utf8')
    try {
      const config: unknown = JSON.parse(text)
      if (isObject(config)) return config as StoredConfig
    } catch {
      // Told below, as for any other content.
    }
    throw new CliError(`Failed to load ${this.#file}`)
  }

  /** The new content takes the place of the old one at once: two commands at a time leave one of both. */
  async change(change: (config: StoredConfig) => void): Promise<void> {
    const config = await this.load()
    change(config)
    const folder = dirname(this.#file)
    try {
      const made = await mkdir(folder, { recursive: true, mode: directoryMode })
      if (made !== undefined) await chmod(folder, directoryMode)
      const beside = `${this.#file}.${process.pid}`
      await writeFile(beside, jsonText(config as Json), { mode: fileMode })
      await rename(beside, this.#file)
    } catch (error) {
      throw new CliError(`Failed to save ${this.#file}: ${(error as Error).message}`)
    }
  }
}

/** `--no-config`: what a command is told holds for itself alone. */
export class SessionMemory implements ConfigPlace {
  readonly #config: StoredConfig

  constructor(config: StoredConfig) {
    this.#config = config
  }

  async load(): Promise<StoredConfig> {
    return structuredClone(this.#config)
  }

  async change(change: (config: StoredConfig) => void): Promise<void> {
    change(this.#config)
  }
}
