import { z } from 'zod'
import { anything, flag, text, texts } from '../../../domains/realms/scalars.ts'
import { answerOf, boolean, listOf, partly, string } from './answer.ts'

const objects = z.record(z.string(), z.unknown()).nullish()

const attribute = z.strictObject({
  name: text,
  displayName: text,
  validations: z.record(z.string(), objects).nullish(),
  annotations: objects,
  required: z.strictObject({ roles: texts, scopes: texts }).nullish(),
  permissions: z.strictObject({ view: texts, edit: texts }).nullish(),
  selector: z.strictObject({ scopes: texts }).nullish(),
  group: text,
  multivalued: flag,
  defaultValue: text,
})

const group = z.strictObject({
  name: text,
  displayHeader: text,
  displayDescription: text,
  annotations: anything,
})

/** Keycloak's UPConfig. */
export const userProfile = z
  .strictObject({
    attributes: z.array(attribute).nullish(),
    groups: z.array(group).nullish(),
    unmanagedAttributePolicy: z.enum(['ENABLED', 'ADMIN_EDIT', 'ADMIN_VIEW']).nullish(),
  })
  .nullable()

/** Keycloak's names of what lies in a UPConfig, by the member that holds it. */
export const nestedNames = { attributes: 'UPAttribute', groups: 'UPGroup' }

export const userProfileAnswer = answerOf({ name: 'UPConfig', schema: userProfile })
const anyByName = z.record(string, z.unknown())
/** Keycloak's UserProfileMetadata. */
export const profileMetadataAnswer = partly('UserProfileMetadata', {
  attributes: listOf(
    partly('UserProfileAttributeMetadata', {
      name: string,
      displayName: string,
      required: boolean,
      readOnly: boolean,
      annotations: anyByName,
      validators: z.record(string, anyByName),
      group: string,
      multivalued: boolean,
      defaultValue: string,
    }),
  ),
  groups: listOf(
    partly('UserProfileAttributeGroupMetadata', {
      name: string,
      displayHeader: string,
      displayDescription: string,
      annotations: anyByName,
    }),
  ),
})
