import { z } from 'zod'
import { flag, maybe, text, textLists, textMap, texts } from '../realms/scalars.ts'

const decisionStrategy = z.enum(['AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS'])
const named = z.looseObject({ name: text })

/** What a client protects, as a file has it: Keycloak's ResourceServerRepresentation. */
export const exportedServerSchema = z.looseObject({
  allowRemoteResourceManagement: flag,
  policyEnforcementMode: maybe(z.enum(['ENFORCING', 'PERMISSIVE', 'DISABLED'])),
  decisionStrategy: maybe(decisionStrategy),
  scopes: maybe(z.array(z.looseObject({ name: text, iconUri: text, displayName: text }))),
  resources: maybe(
    z.array(
      z.looseObject({
        name: text,
        displayName: text,
        type: text,
        icon_uri: text,
        uris: texts,
        scopes: maybe(z.array(named)),
        owner: maybe(named),
        ownerManagedAccess: flag,
        attributes: textLists,
      }),
    ),
  ),
  policies: maybe(
    z.array(
      z.looseObject({
        name: text,
        description: text,
        type: text,
        logic: maybe(z.enum(['POSITIVE', 'NEGATIVE'])),
        decisionStrategy: maybe(decisionStrategy),
        config: textMap,
        // Representations made by hand have these beside the configuration, exports in it.
        policies: texts,
        resources: texts,
        scopes: texts,
      }),
    ),
  ),
})
