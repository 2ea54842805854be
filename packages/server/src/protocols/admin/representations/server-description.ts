import { z } from 'zod'
import { boolean, listOf, partly, string, stringLists, strings, whole } from './answer.ts'
import { componentTypeAnswer, propertyAnswer } from './component.ts'
import { protocolMapperAnswer } from './protocol-mapper.ts'

const byName = (one: z.ZodType) => z.record(string, one)
const anything = z.record(string, z.unknown())
const named = partly('NamedProvider', { groupName: string, name: string, id: string })
const feature = partly('FeatureRepresentation', {
  name: string,
  label: string,
  type: string,
  enabled: boolean,
  deprecated: boolean,
  dependencies: strings,
})

/** Keycloak's ServerInfoRepresentation. */
export const serverDescriptionAnswer = partly('ServerInfoRepresentation', {
  systemInfo: anything,
  cpuInfo: partly('CpuInfoRepresentation', { processorCount: whole }),
  memoryInfo: anything,
  profileInfo: partly('ProfileInfoRepresentation', {
    name: string,
    disabledFeatures: strings,
    previewFeatures: strings,
    experimentalFeatures: strings,
  }),
  features: listOf(feature),
  cryptoInfo: partly('CryptoInfoRepresentation', {
    cryptoProvider: string,
    supportedKeystoreTypes: strings,
    clientSignatureSymmetricAlgorithms: strings,
    clientSignatureAsymmetricAlgorithms: strings,
  }),
  themes: byName(
    listOf(
      partly('ThemeInfoRepresentation', { name: string, locales: strings, description: string }),
    ),
  ),
  socialProviders: listOf(named),
  identityProviders: listOf(named),
  clientImporters: listOf(named),
  providers: byName(
    partly('SpiInfoRepresentation', {
      internal: boolean,
      providers: byName(
        partly('ProviderRepresentation', {
          order: whole,
          operationalInfo: z.record(string, string),
        }),
      ),
    }),
  ),
  protocolMapperTypes: byName(
    listOf(
      partly('ProtocolMapperTypeRepresentation', {
        id: string,
        name: string,
        category: string,
        helpText: string,
        priority: whole,
        properties: listOf(propertyAnswer),
      }),
    ),
  ),
  builtinProtocolMappers: byName(listOf(protocolMapperAnswer)),
  clientInstallations: byName(
    listOf(
      partly('ClientInstallationRepresentation', {
        id: string,
        protocol: string,
        downloadOnly: boolean,
        displayType: string,
        helpText: string,
        filename: string,
        mediaType: string,
      }),
    ),
  ),
  componentTypes: byName(listOf(componentTypeAnswer)),
  passwordPolicies: listOf(
    partly('PasswordPolicyTypeRepresentation', {
      id: string,
      displayName: string,
      configType: string,
      defaultValue: string,
      multipleSupported: boolean,
    }),
  ),
  enums: stringLists,
  parameterizedScopeTypes: listOf(
    partly('ParameterizedScopeType', { name: string, repeatable: boolean }),
  ),
})

/** What the admin console shows of and to its administrator. */
export const whoAmIAnswer = partly('WhoAmI', {
  userId: string,
  realm: string,
  displayName: string,
  locale: string,
  createRealm: boolean,
  realm_access: stringLists,
  temporary: boolean,
})
