import { z } from 'zod'
import { text, textLists } from '../../../domains/realms/scalars.ts'

const component = z.strictObject({
  id: text,
  name: text,
  providerId: text,
  providerType: text,
  parentId: text,
  subType: text,
  config: textLists,
})

/** Keycloak's ComponentRepresentation. */
export const componentShape = { name: 'ComponentRepresentation', schema: component }
export type ComponentBody = z.output<typeof component>
