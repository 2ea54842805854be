import { setFlagsFromString } from 'node:v8'

/**
 * Bytecode, in bytes, that a function may run between two looks at whether to compile it; Node 20's own: 67,584.
 *
 * V8 compiles a function for good after a thousand calls or so. Where each login hashes a password, a core makes a few dozen
 * in a second, and the program ran half-compiled for its first minute: half of the core's time went to hashes in the first
 * ten seconds of logins and 62 % after a minute. Looked at twice as often, it is there after half a minute. The
 * compiler does the same work, only earlier.
 */
const interruptBudget = 33_000

/**
 * How much the old generation may grow over what was alive at its last collection, in percent.
 *
 * Requests under way outlive a few collections of the young generation, so that the old one fills with what nobody needs
 * any more. V8 lets it grow to four times the size of what is alive before it looks, which made the memory of a busy worker
 * swing between 155 and 225 MB. Collecting at half as much again costs no processor time that could be measured.
 */
const heapGrowingPercent = 50

/**
 * V8's flags of a server that is ready, so that a start pays nothing for them. Code that is kept for later processes serves
 * only under the flags under which it was compiled, so the build sets them as well before it compiles what a running server
 * loads.
 */
export function setRunningFlags(): void {
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`)
  setFlagsFromString(`--interrupt-budget=${interruptBudget}`)
}
