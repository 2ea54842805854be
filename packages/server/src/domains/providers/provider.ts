import { propertyHelp } from './catalogue/property-help.ts'
import { providerHelp } from './catalogue/provider-help.ts'
import type { Requirement } from './requirement-choices.ts'

/** A setting of a provider, as consoles ask for it; names, types and defaults are Keycloak's. */
export interface ProviderProperty {
  readonly name: string
  /** A short text, or the key of a text of the console. */
  readonly label: string
  /** A sentence, or the key of a text of the console. */
  readonly help: string
  readonly type: string | null
  readonly default?: unknown
  readonly options?: readonly string[]
  readonly required?: boolean
  readonly secret?: boolean
  readonly readOnly?: boolean
}

/** Something of a kind that realms may name. */
export interface Provider {
  readonly id: string
  readonly name: string
  /** What it does, in a sentence; empty where the name says it all. */
  readonly help: string
  readonly properties: readonly ProviderProperty[]
  /** Of executions: what they may be. */
  readonly choices?: readonly Requirement[]
  /** Of client authenticators: whether the client has a secret. */
  readonly supportsSecret?: boolean
  /** Of client authenticators: settings of each client. */
  readonly clientProperties?: readonly ProviderProperty[]
  /** Of protocol mappers: the group in which consoles show them, and the order in which they run. */
  readonly category?: string
  readonly priority?: number
}

type Shown = Partial<Omit<ProviderProperty, 'label' | 'name' | 'type'>>

/** The texts of the console are called `x.label` and `x.tooltip`: the second follows from the first. */
export function property(
  name: string,
  label: string,
  type: string | null,
  more: Shown = {},
): ProviderProperty {
  const help = label.endsWith('.label') ? label.replace(/\.label$/, '.tooltip') : ''
  return { name, label, type, help, ...more }
}

export function provider(
  id: string,
  name: string,
  properties: readonly ProviderProperty[] = [],
  more: Partial<Omit<Provider, 'id' | 'name' | 'properties'>> = {},
): Provider {
  const explained = (each: ProviderProperty) =>
    each.help === '' ? { ...each, help: propertyHelp(id, each.name) } : each
  const { clientProperties, ...rest } = more
  return {
    id,
    name,
    help: providerHelp(id),
    properties: properties.map(explained),
    ...rest,
    ...(clientProperties ? { clientProperties: clientProperties.map(explained) } : {}),
  }
}
