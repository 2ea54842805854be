import { z } from 'zod'
import { type LoginState, loginNotes } from '../../login-state/login-state.ts'

const shape = z.strictObject({
  invitationId: z.string(),
  organizationId: z.string(),
  organizationName: z.string(),
  /** Whoever registers has to have this address. */
  email: z.string(),
})

/** What a login notes of the invitation that somebody registers with. */
export type NotedInvitation = z.infer<typeof shape>

/** @returns the note */
export function invitationNote(invitation: NotedInvitation): string {
  return JSON.stringify(invitation)
}

/** @returns the invitation that somebody registers with; null without one */
export function notedInvitation({ notes }: Pick<LoginState, 'notes'>): NotedInvitation | null {
  const note = notes[loginNotes.invitation]
  return note === undefined ? null : shape.parse(JSON.parse(note))
}
