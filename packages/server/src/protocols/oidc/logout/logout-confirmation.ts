import { z } from 'zod'
import type { SealedKind } from '../../../domains/flows/login-state/sealed-kind.ts'

const content = z.strictObject({
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
  clientUuid: z.string().nullable(),
  /** Where to go afterwards; was registered for the client when the question was asked. */
  redirectUrl: z.string().nullable(),
})

/** What the page that asks whether somebody wants to log out brings back. */
export const logoutConfirmation: SealedKind<z.infer<typeof content>> = {
  name: 'logout-confirmation',
  content,
}
