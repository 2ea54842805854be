import { isEventType } from '../events/event-types.ts'
import {
  type ComponentConfig,
  type ComponentProperty,
  checkBoolean,
  requireSetting,
  settingOf,
} from '../realms/component-property.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ComponentProviders } from './component-provider.ts'
import { flag } from './component-settings.ts'

export const eventListenerType = 'org.keycloak.events.EventListenerProvider'
export const webhookProviderId = 'webhook'

/** Webhooks that one realm may have. */
export const webhooksOfRealmMax = 10
const urlCharactersMax = 2_048
const typesMax = 200
const typeCharactersMax = 100
/** A key that signs, and one that it replaces. */
const secretsMax = 2
/** Length of a signing secret in bytes (Standard Webhooks, Signature scheme). */
const secretBytes = { min: 24, max: 64 }
const secretPrefix = 'whsec_'

const url: ComponentProperty = { name: 'url', label: 'URL', type: 'String' }
const secret: ComponentProperty = {
  name: 'secret',
  label: 'Signing secret',
  type: 'Password',
  secret: true,
}
const types: ComponentProperty = { name: 'types', label: 'Types', type: 'MultivaluedString' }
const enabled = flag('enabled', 'Enabled', 'true')

/** Listeners that are told of events over HTTP (Standard Webhooks). */
export const eventListenerProviders: ComponentProviders = {
  [webhookProviderId]: {
    properties: [url, secret, types, enabled],
    check: (config) => {
      checkUrl(requireSetting(config, url))
      checkBoolean(config, enabled)
      checkSecrets(config)
      checkTypes(config['types'] ?? [])
    },
  },
}

/** @returns the bytes of a signing secret (`whsec_` and Base64); null for anything else */
export function secretKey(text: string): Buffer | null {
  if (!text.startsWith(secretPrefix)) return null
  const encoded = text.slice(secretPrefix.length)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null
  const key = Buffer.from(encoded, 'base64')
  return key.length >= secretBytes.min && key.length <= secretBytes.max ? key : null
}

function checkUrl(text: string): void {
  const refused = (why: string) => new ModelError('invalid', `'${url.label}' ${why}`)
  if (text.length > urlCharactersMax || !URL.canParse(text)) throw refused('is no URL')
  const { protocol, username, password, hash } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') throw refused('should begin with https://')
  if (username !== '' || password !== '') throw refused('should have no password in it')
  if (hash !== '') throw refused('should have no fragment')
}

function checkSecrets(config: ComponentConfig): void {
  requireSetting(config, secret)
  const given = config['secret'] ?? []
  if (given.length > secretsMax) {
    throw new ModelError('invalid', `'${secret.label}' has at most ${secretsMax} values`)
  }
  if (given.some((one) => secretKey(one) === null && !/^\$\{vault\.[^}]+\}$/.test(one))) {
    const { min, max } = secretBytes
    const form = `${secretPrefix} and ${min} to ${max} bytes in Base64`
    throw new ModelError('invalid', `'${secret.label}' should be ${form}`)
  }
}

/** `access.LOGIN`, `admin.USER-CREATE`, or all of a kind: `access.*`, `admin.*`, `admin.USER-*`. */
function checkTypes(given: readonly string[]): void {
  if (given.length > typesMax) {
    throw new ModelError('invalid', `'${types.label}' has at most ${typesMax} values`)
  }
  const wrong = given.find((type) => type.length > typeCharactersMax || !isKnownType(type))
  if (wrong === undefined) return
  throw new ModelError('invalid', `'${types.label}' knows no ${wrong.slice(0, typeCharactersMax)}`)
}

function isKnownType(type: string): boolean {
  const [kind, name = ''] = type.split('.', 2)
  if (kind === 'access') return name === '*' || isEventType(name)
  if (kind !== 'admin') return false
  return name === '*' || /^[A-Z][A-Z0-9_]*-(?:CREATE|UPDATE|DELETE|ACTION|\*)$/.test(name)
}

/** @returns the settings of a webhook; null for one that is switched off */
export function webhookSettings(config: ComponentConfig) {
  const address = settingOf(config, 'url')
  if (address === undefined || settingOf(config, 'enabled') === 'false') return null
  return { url: address, secrets: config['secret'] ?? [], types: config['types'] ?? [] }
}
