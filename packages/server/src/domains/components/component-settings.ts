import type { ComponentProperty } from '../realms/component-property.ts'

/** @returns a setting that takes text */
export const text = (name: string, label: string, defaultValue?: string): ComponentProperty => ({
  name,
  label,
  type: 'String',
  ...(defaultValue === undefined ? {} : { defaultValue }),
})

/** @returns a setting that is on or off */
export const flag = (name: string, label: string, defaultValue?: string): ComponentProperty => ({
  name,
  label,
  type: 'boolean',
  ...(defaultValue === undefined ? {} : { defaultValue }),
})
