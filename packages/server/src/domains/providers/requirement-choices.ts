/** How much an execution of a flow counts. */
export type Requirement = 'ALTERNATIVE' | 'CONDITIONAL' | 'DISABLED' | 'REQUIRED'

export const any: readonly Requirement[] = ['REQUIRED', 'ALTERNATIVE', 'DISABLED']
export const onOrOff: readonly Requirement[] = ['REQUIRED', 'DISABLED']
export const always: readonly Requirement[] = ['REQUIRED']
/** What a flow inside a flow may be. */
export const allRequirements: readonly Requirement[] = [
  'REQUIRED',
  'ALTERNATIVE',
  'CONDITIONAL',
  'DISABLED',
]
