import { z } from 'zod'
import { component } from '../../../domains/realms/component-schema.ts'
import { answerOf, boolean, listOf, partly, string } from './answer.ts'

/** Keycloak's ComponentRepresentation. */
export const componentShape = { name: 'ComponentRepresentation', schema: component }
export type ComponentBody = z.output<typeof component>

export const componentAnswer = answerOf(componentShape)
/** Keycloak's ConfigPropertyRepresentation. */
export const propertyAnswer = partly('ConfigPropertyRepresentation', {
  name: string,
  label: string,
  helpText: string,
  type: string,
  defaultValue: z.unknown(),
  options: listOf(string),
  secret: boolean,
  required: boolean,
  readOnly: boolean,
})
/** Keycloak's ComponentTypeRepresentation. */
export const componentTypeAnswer = partly('ComponentTypeRepresentation', {
  id: string,
  helpText: string,
  properties: listOf(propertyAnswer),
  clientProperties: listOf(propertyAnswer),
  metadata: z.record(string, z.unknown()),
})
