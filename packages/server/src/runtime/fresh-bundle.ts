import { statSync } from 'node:fs'
import { join } from 'node:path'

/** The file that a process begins with. */
export const bundleEntry = 'run-process.cjs'

/** What the compiler leaves behind for each package whose modules are in the bundle, seen from the compiled folder. */
const compilerStamps = ['../tsconfig.tsbuildinfo', '../../cluster/tsconfig.tsbuildinfo']

/**
 * The bundle that `scripts/bundle-server.mjs` made, unless the modules were compiled again since: then it is out of date.
 * @param compiled the folder of the compiled modules
 * @returns the bundle's folder
 */
export function freshBundle(compiled: string): string | undefined {
  const folder = join(compiled, 'bundle')
  const bundledAt = modifiedAt(join(folder, bundleEntry))
  if (bundledAt === undefined) return undefined
  const outdated = compilerStamps.some((stamp) => {
    const compiledAt = modifiedAt(join(compiled, stamp))
    return compiledAt !== undefined && compiledAt > bundledAt
  })
  return outdated ? undefined : folder
}

function modifiedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs
}
