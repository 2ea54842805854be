import { optimiseEarly } from './early-optimisation.ts'
import { boundOldGeneration } from './old-generation.ts'

/**
 * V8's flags of a server that is ready. Code that is kept for later processes serves only under the flags under which it was
 * compiled, so the build sets them as well before it compiles what a running server loads.
 */
export function setRunningFlags(): void {
  boundOldGeneration()
  optimiseEarly()
}
