import type { ComponentProperty } from '../../domains/realms/component-property.ts'

/** @returns a component provider as `serverinfo` and `sub-component-types` describe it (ComponentTypeRepresentation) */
export function describeComponentType(id: string, properties: readonly ComponentProperty[]) {
  return {
    id,
    helpText: '',
    properties: properties.map(({ secret = false, ...property }) => ({
      ...property,
      // Labels that are keys of texts have help texts beside them.
      helpText: /\.label$/.test(property.label) ? property.label.replace('.label', '.tooltip') : '',
      secret,
      required: false,
      readOnly: false,
    })),
    metadata: {},
  }
}
