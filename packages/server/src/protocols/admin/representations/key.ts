import { listOf, partly, string, stringMap, whole } from './answer.ts'

/** Keycloak's KeysMetadataRepresentation. */
export const keysAnswer = partly('KeysMetadataRepresentation', {
  active: stringMap,
  keys: listOf(
    partly('KeyMetadataRepresentation', {
      providerId: string,
      providerPriority: whole,
      kid: string,
      status: string,
      type: string,
      algorithm: string,
      use: string,
      publicKey: string,
      certificate: string,
      validTo: whole,
    }),
  ),
})
