import { componentProviders } from '../../../domains/components/component-providers.ts'
import { passwordRules } from '../../../domains/credentials/password/password-rules.ts'
import { interfaces } from '../../../domains/providers/catalogue/interfaces.ts'
import type { Provider, ProviderProperty } from '../../../domains/providers/provider.ts'
import {
  mappersByProtocol,
  type ProviderKind,
  type Providers,
  providerKinds,
} from '../../../domains/providers/providers.ts'
import type { ComponentProperty } from '../../../domains/realms/component-property.ts'
import { describeComponentType } from '../describe-component-type.ts'

/** Category of protocol mappers that say nothing else. */
const tokenMapper = 'Token mapper'

/** Keycloak's Java interface of each kind whose settings `serverinfo` describes. */
const javaInterfaces: Readonly<Record<string, ProviderKind>> = {
  'org.keycloak.authentication.Authenticator': 'authenticator',
  'org.keycloak.authentication.ClientAuthenticator': 'client-authenticator',
  'org.keycloak.authentication.FormAction': 'form-action',
  'org.keycloak.authentication.FormAuthenticator': 'form-authenticator',
  'org.keycloak.broker.provider.IdentityProvider': 'identity_provider',
  'org.keycloak.broker.provider.IdentityProviderMapper': 'identity-provider-mapper',
  'org.keycloak.broker.social.SocialIdentityProvider': 'social',
  'org.keycloak.models.workflow.WorkflowProvider': 'workflow',
  'org.keycloak.models.workflow.WorkflowStepProvider': 'workflow-step',
  'org.keycloak.protocol.ProtocolMapper': 'protocol-mapper',
  'org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider':
    'client-policy-condition',
  'org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider':
    'client-policy-executor',
  'org.keycloak.validate.Validator': 'validator',
}

/** Keycloak's names of the kinds whose providers are components. */
const componentKinds: Readonly<Record<string, string>> = {
  'org.keycloak.keys.KeyProvider': 'keys',
  'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy':
    'client-registration-policy',
  'org.keycloak.storage.UserStorageProvider': 'storage',
  'org.keycloak.storage.ldap.mappers.LDAPStorageMapper': 'ldap-mapper',
}

/** @returns a setting in the form of Keycloak's ConfigPropertyRepresentation */
export function propertyRepresentation({ help, default: value, ...property }: ProviderProperty) {
  const { name, label, type, options } = property
  return {
    name,
    label,
    helpText: help,
    ...(type === null ? {} : { type }),
    ...(value === undefined ? {} : { defaultValue: value }),
    ...(options === undefined ? {} : { options }),
    secret: property.secret ?? false,
    required: property.required ?? false,
    readOnly: property.readOnly ?? false,
  }
}

/** @returns every kind with settings, by Keycloak's Java interface */
export function componentTypes(providers: Providers): Record<string, unknown[]> {
  const described = Object.entries(javaInterfaces).map(([type, kind]) => [
    type,
    providers.of(kind).map(typeRepresentation),
  ])
  const components = Object.entries(componentProviders).map(([type, ofType]) => [
    type,
    Object.entries(ofType).map(([id, { properties }]) =>
      describeComponentType(
        id,
        properties.map((each) => withOptions(providers, each)),
      ),
    ),
  ])
  return Object.fromEntries([...described, ...components])
}

/** What may be chosen of the protocol mappers is every one that there is. */
function withOptions(providers: Providers, property: ComponentProperty): ComponentProperty {
  if (property.name !== 'allowed-protocol-mapper-types') return property
  return { ...property, options: providers.of('protocol-mapper').map(({ id }) => id) }
}

function typeRepresentation({ id, help, properties, clientProperties }: Provider) {
  return {
    id,
    helpText: help,
    properties: properties.map(propertyRepresentation),
    ...(clientProperties === undefined
      ? {}
      : { clientProperties: clientProperties.map(propertyRepresentation) }),
    metadata: {},
  }
}

/** @returns protocol mappers by protocol (ProtocolMapperTypeRepresentation) */
export function mapperTypes(): Record<string, unknown[]> {
  const entries = Object.entries(mappersByProtocol).map(([protocol, mappers]) => [
    protocol,
    mappers.map(({ id, name, help, category = tokenMapper, priority = 0, properties }) => ({
      id,
      name,
      category,
      helpText: help,
      priority,
      properties: properties.map(propertyRepresentation),
    })),
  ])
  return Object.fromEntries(entries)
}

/** @returns providers with a group, as lists to choose from show them */
export function namedProviders(providers: Providers, kind: ProviderKind, groupName: string) {
  return providers.of(kind).map(({ id, name }) => ({ groupName, name, id }))
}

/** @returns all kinds with the ids and orders of their providers */
export function interfacesOf(
  providers: Providers,
  clusterReport: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const shown = new Map<string, unknown>()
  for (const { kind, internal, orders } of interfaces) {
    const entries = [...orders].map(([id, order]) => [id, { order }])
    shown.set(kind, { internal, providers: Object.fromEntries(entries) })
  }
  for (const kind of providerKinds) {
    if (shown.has(kind)) continue
    shown.set(
      kind,
      listed(
        providers.of(kind).map(({ id }) => id),
        true,
      ),
    )
  }
  shown.set(
    'password-policy',
    listed(
      passwordRules.map(({ id }) => id),
      true,
    ),
  )
  for (const [type, kind] of Object.entries(componentKinds)) {
    const ids = Object.keys(componentProviders[type] ?? {})
    shown.set(kind, listed(ids, kind !== 'storage'))
  }
  const report = { order: 0, operationalInfo: clusterReport }
  shown.set('connectionsInfinispan', { internal: true, providers: { default: report } })
  return Object.fromEntries([...shown].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function listed(ids: readonly string[], internal: boolean) {
  return { internal, providers: Object.fromEntries(ids.map((id) => [id, { order: 0 }])) }
}
