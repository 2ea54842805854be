import {
  generatedMembers,
  withGeneratedKey,
  withImportedKeyDetails,
  withoutOutgrownKey,
} from '../keys/generated-key.ts'
import { keyProviderType } from '../keys/key-component.ts'
import type { KeyStock } from '../keys/key-stock.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Component } from '../realms/realm.ts'
import type { ComponentSurroundings } from './component-provider.ts'
import { componentProvider } from './component-providers.ts'

/** What Keycloak says of a provider that it does not have. */
export const unknownProviderMessage = 'Invalid provider type or no such provider'

const nameLengthMax = 255
const settingsMax = 500
const valuesMax = 10_000
/** All values of one component together; a large user profile has some hundred thousand characters. */
const configLengthMax = 4_194_304

type Config = Record<string, string[]>

/** @returns the configuration without what says nothing: empty lists and empty texts, as Keycloak stores it */
export function withoutEmpty(config: Readonly<Record<string, readonly string[]>>): Config {
  const settings = Object.entries(config).flatMap(([name, values]) => {
    const filled = values.filter((value) => value !== '')
    return filled.length > 0 ? [[name, filled]] : []
  })
  return Object.fromEntries(settings)
}

function requireBounded({ name, config }: Component): void {
  if (name !== undefined && name.length > nameLengthMax) {
    throw new ModelError('invalid', `A component's name has at most ${nameLengthMax} characters`)
  }
  const lists = Object.entries(config)
  let length = 0
  for (const [member, values] of lists) {
    length += member.length
    for (const value of values) length += value.length
    if (values.length > valuesMax) {
      throw new ModelError('invalid', `${member} has more than ${valuesMax} values`)
    }
  }
  if (lists.length > settingsMax || length > configLengthMax) {
    throw new ModelError('invalid', 'The configuration of the component is too large')
  }
}

/**
 * A component as it may be stored, however it came here: by Admin REST, in an import, or as a change of one that is there.
 * Settings are checked by its provider, what Keycloak adds is added, and a key that is wanted is made.
 * @throws ModelError `invalid` in Keycloak's words
 */
export async function checkedComponent(
  given: Component,
  surroundings: ComponentSurroundings,
  stock: Pick<KeyStock, 'take'>,
): Promise<Component> {
  const { providerType, providerId } = given
  const provider = componentProvider(providerType, providerId)
  if (!provider) throw new ModelError('invalid', unknownProviderMessage)
  requireBounded(given)
  let config = withoutEmpty(given.config)
  await provider.check?.(config, surroundings)
  config = provider.completed?.(config) ?? config
  if (providerType === keyProviderType) {
    const { realmName } = surroundings
    config = await withImportedKeyDetails(providerId, config, realmName)
    config = await withGeneratedKey(providerId, config, realmName, stock)
  }
  return { ...given, config }
}

/** @returns whether nobody but the generator writes this setting of a component */
export function isGeneratedSetting(
  { providerType, providerId }: Pick<Component, 'providerType' | 'providerId'>,
  name: string,
): boolean {
  if (providerType !== keyProviderType || !providerId.endsWith('-generated')) return false
  return generatedMembers.has(name)
}

/** @returns the configuration as it goes on after a change of it: a generated key that no longer fits is left out */
export function grownConfig({ providerType, providerId, config }: Component): Config {
  return providerType === keyProviderType ? withoutOutgrownKey(providerId, config) : config
}
