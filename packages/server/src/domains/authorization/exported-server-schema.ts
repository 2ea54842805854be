import { z } from 'zod'
import { flag, text, textLists, textMap, texts } from '../realms/scalars.ts'

const named = z.looseObject({ name: text })

/** What a client protects, as a file has it: Keycloak's ResourceServerRepresentation. */
export const exportedServerSchema = z.looseObject({
  allowRemoteResourceManagement: flag,
  policyEnforcementMode: z.enum(['ENFORCING', 'PERMISSIVE', 'DISABLED']).optional(),
  decisionStrategy: z.enum(['AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS']).optional(),
  scopes: z.array(z.looseObject({ name: text, iconUri: text, displayName: text })).optional(),
  resources: z
    .array(
      z.looseObject({
        name: text,
        displayName: text,
        type: text,
        icon_uri: text,
        uris: texts,
        scopes: z.array(named).optional(),
        owner: named.optional(),
        ownerManagedAccess: flag,
        attributes: textLists,
      }),
    )
    .optional(),
  policies: z
    .array(
      z.looseObject({
        name: text,
        description: text,
        type: text,
        logic: z.enum(['POSITIVE', 'NEGATIVE']).optional(),
        decisionStrategy: z.enum(['AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS']).optional(),
        config: textMap,
        // Representations made by hand have these beside the configuration, exports in it.
        policies: texts,
        resources: texts,
        scopes: texts,
      }),
    )
    .optional(),
})
