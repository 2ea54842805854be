import type { ComponentProperty } from '../../domains/realms/component-property.ts'

/** @returns a component provider as `serverinfo` and `sub-component-types` describe it (ComponentTypeRepresentation) */
export function describeComponentType(id: string, properties: readonly ComponentProperty[]) {
  return {
    id,
    helpText: '',
    properties: properties.map(({ secret = false, ...property }) => ({
      ...property,
      helpText: '',
      secret,
      required: false,
      readOnly: false,
    })),
    metadata: {},
  }
}
