import { z } from 'zod'
import { requiredText, text } from '../realms/scalars.ts'

/** Roles that a client or client scope may pass on, as an import takes them. */
export const importedScopeMapping = z.looseObject({
  client: text,
  clientScope: text,
  roles: z.array(requiredText),
})
