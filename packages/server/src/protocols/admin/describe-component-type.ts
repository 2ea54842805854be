import { propertyHelp } from '../../domains/providers/catalogue/property-help.ts'
import { providerHelp } from '../../domains/providers/catalogue/provider-help.ts'
import type { ComponentProperty } from '../../domains/realms/component-property.ts'

/** @returns a component provider as `serverinfo` and `sub-component-types` describe it (ComponentTypeRepresentation) */
export function describeComponentType(id: string, properties: readonly ComponentProperty[]) {
  return {
    id,
    helpText: providerHelp(id),
    properties: properties.map(({ secret = false, ...property }) => ({
      ...property,
      // Labels that are keys of texts have help texts beside them.
      helpText: /\.label$/.test(property.label)
        ? property.label.replace('.label', '.tooltip')
        : propertyHelp(id, property.name),
      secret,
      required: false,
      readOnly: false,
    })),
    metadata: {},
  }
}
