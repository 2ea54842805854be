import {
  type ComponentProperty,
  checkBoolean,
  checkNumber,
  requireSetting,
} from '../realms/component-property.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ComponentProviders } from './component-provider.ts'

const int32Max = 2n ** 31n - 1n

const maxClients: ComponentProperty = {
  name: 'max-clients',
  label: 'max-clients.label',
  type: 'String',
  defaultValue: '200',
}
const hostMustMatch: ComponentProperty = {
  name: 'host-sending-registration-request-must-match',
  label: 'host-sending-registration-request-must-match.label',
  type: 'boolean',
  defaultValue: 'true',
}
const urisMustMatch: ComponentProperty = {
  name: 'client-uris-must-match',
  label: 'client-uris-must-match.label',
  type: 'boolean',
  defaultValue: 'true',
}

/** Keycloak's English texts for these labels: consoles look a label up, a refusal says it in words. */
const words: Readonly<Record<string, string>> = {
  'max-clients.label': 'Max Clients Per Realm',
  'host-sending-registration-request-must-match.label':
    'Host Sending Client Registration Request Must Match',
  'client-uris-must-match.label': 'Client URIs Must Match',
}

function inWords(property: ComponentProperty): ComponentProperty {
  return { ...property, label: words[property.label] ?? property.label }
}

/** Policies of dynamic client registration. */
export const registrationPolicies: ComponentProviders = {
  'allowed-client-templates': {
    properties: [
      {
        name: 'allowed-client-scopes',
        label: 'allowed-client-scopes.label',
        type: 'MultivaluedList',
      },
      {
        name: 'allow-default-scopes',
        label: 'allow-default-scopes.label',
        type: 'boolean',
        defaultValue: true,
      },
    ],
    check: (config, { clientScopeNames }) => {
      const unknown = config['allowed-client-scopes']?.filter((name) => !clientScopeNames.has(name))
      if (!unknown?.length) return
      throw new ModelError('invalid', `Client scopes not allowed: [${unknown.join(', ')}]`)
    },
  },
  'allowed-protocol-mappers': {
    properties: [
      {
        name: 'allowed-protocol-mapper-types',
        label: 'allowed-protocol-mappers.label',
        type: 'MultivaluedList',
      },
    ],
  },
  'client-disabled': { properties: [] },
  'consent-required': { properties: [] },
  'max-clients': {
    properties: [maxClients],
    check: (config) => {
      requireSetting(config, inWords(maxClients))
      checkNumber(config, inWords(maxClients), int32Max)
    },
  },
  'registration-web-origins': {
    properties: [
      { name: 'web-origins', label: 'registration-web-origins.label', type: 'MultivaluedString' },
    ],
  },
  scope: { properties: [] },
  'trusted-hosts': {
    properties: [
      { name: 'trusted-hosts', label: 'trusted-hosts.label', type: 'MultivaluedString' },
      hostMustMatch,
      urisMustMatch,
    ],
    check: (config) => {
      for (const property of [hostMustMatch, urisMustMatch]) {
        requireSetting(config, inWords(property))
        checkBoolean(config, inWords(property))
      }
      const verifies = [hostMustMatch, urisMustMatch].some(
        ({ name }) => config[name]?.[0] === 'true',
      )
      if (verifies) return
      const message = 'At least one of hosts verification or client URIs validation must be enabled'
      throw new ModelError('invalid', message)
    },
  },
}
