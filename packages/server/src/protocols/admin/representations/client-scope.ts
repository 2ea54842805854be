import type { z } from 'zod'
import { clientScope } from '../../../domains/realms/client-scope-schema.ts'
import { answerOf } from './answer.ts'

/** Keycloak's ClientScopeRepresentation. */
export const clientScopeShape = { name: 'ClientScopeRepresentation', schema: clientScope }
export type ClientScopeBody = z.output<typeof clientScope>

export const clientScopeAnswer = answerOf(clientScopeShape)
