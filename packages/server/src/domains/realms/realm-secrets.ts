import type { SecretBox } from '../../database/secret-box.ts'
import type { JsonObject } from './realm.ts'

/** Members of component configurations that Keycloak marks as secret. */
const componentSecretNames: ReadonlySet<string> = new Set([
  'privateKey',
  'secret',
  'ecdsaPrivateKey',
  'ecdhPrivateKey',
  'eddsaPrivateKey',
  'keystorePassword',
  'keyPassword',
  'bindCredential',
])

/** Members of `config` of an identity provider that are secret. */
const providerSecretNames: ReadonlySet<string> = new Set(['clientSecret'])

/** @returns whether a member of a component's `config` is a secret, which answers show as `**********` */
export function isComponentSecret(name: string): boolean {
  return componentSecretNames.has(name)
}

/** @returns whether a member of an identity provider's `config` is a secret */
export function isProviderSecret(name: string): boolean {
  return providerSecretNames.has(name)
}

type Transform = (text: string) => string

function mapComponentConfig(config: Record<string, string[]>, transform: Transform) {
  return Object.fromEntries(
    Object.entries(config).map(([name, values]) => [
      name,
      componentSecretNames.has(name) ? values.map(transform) : values,
    ]),
  )
}

function mapSettings<S extends Record<string, unknown>>(settings: S, transform: Transform): S {
  const mapped: Record<string, unknown> = { ...settings }
  const smtp = settings['smtpServer'] as Record<string, string> | undefined
  if (typeof smtp?.['password'] === 'string') {
    mapped['smtpServer'] = { ...smtp, password: transform(smtp['password']) }
  }
  const providers = settings['identityProviders'] as JsonObject[] | undefined
  if (Array.isArray(providers)) {
    mapped['identityProviders'] = providers.map((provider) => mapProvider(provider, transform))
  }
  return mapped as S
}

function mapProvider(provider: JsonObject, transform: Transform): JsonObject {
  const config = provider['config']
  if (config === null || typeof config !== 'object' || Array.isArray(config)) return provider
  const mapped = Object.entries(config).map(([name, value]) => [
    name,
    providerSecretNames.has(name) && typeof value === 'string' ? transform(value) : value,
  ])
  return { ...provider, config: Object.fromEntries(mapped) }
}

/** Seals and opens the secrets inside realm settings and component configurations, member by member. */
export class RealmSecrets {
  readonly #box: SecretBox

  constructor(box: SecretBox) {
    this.#box = box
  }

  sealComponent(config: Record<string, string[]>): Record<string, string[]> {
    return mapComponentConfig(config, (plain) => this.#box.seal(plain))
  }

  openComponent(config: Record<string, string[]>): Record<string, string[]> {
    return mapComponentConfig(config, (sealed) => this.#box.open(sealed))
  }

  /** @returns the configuration with all secrets under the current key; null when they are already */
  resealComponent(config: Record<string, string[]>): Record<string, string[]> | null {
    return this.#resealing((transform) => mapComponentConfig(config, transform))
  }

  /** As resealComponent. */
  resealSettings<S extends Record<string, unknown>>(settings: S): S | null {
    return this.#resealing((transform) => mapSettings(settings, transform))
  }

  sealSettings<S extends Record<string, unknown>>(settings: S): S {
    return mapSettings(settings, (plain) => this.#box.seal(plain))
  }

  openSettings<S extends Record<string, unknown>>(settings: S): S {
    return mapSettings(settings, (sealed) => this.#box.open(sealed))
  }

  #resealing<T>(map: (transform: Transform) => T): T | null {
    let changed = false
    const mapped = map((stored) => {
      if (this.#box.isCurrent(stored)) return stored
      changed = true
      return this.#box.seal(this.#box.open(stored))
    })
    return changed ? mapped : null
  }
}
