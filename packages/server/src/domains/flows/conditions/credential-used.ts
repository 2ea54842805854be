import type { Condition } from '../engine/step.ts'

/** Note with the types of the credentials that this login has used, separated by commas. */
export const usedCredentialsNote = 'used-credentials'

/** Stands in `credentials` for a login in which none was used. */
const noCredential = 'none'

/**
 * Matches, with `included` off (the default), unless one of the types in `credentials` was used in this login; with it on,
 * only if one was. Lets a second factor be left out after a passkey.
 */
export const credentialUsed: Condition = {
  id: 'conditional-credential',
  async matches({ execution, state }) {
    const named = (execution.config['credentials'] ?? '').split(/##|,/).filter(Boolean)
    const used = (state.notes[usedCredentialsNote] ?? noCredential).split(',')
    const anyUsed = named.some((type) => used.includes(type))
    return anyUsed === (execution.config['included'] === 'true')
  },
}
