import { execFileSync } from 'node:child_process'
import { labUnavailable } from '../cluster/network-lab.ts'
import { postgresPrograms } from './postgres-pair.ts'

/** The script that installs what is missing. */
const setUp = 'scripts/install-chaos-tools.sh'

/**
 * Why the run cannot be made here; null when it can.
 * @param programs further programs that have to be there
 */
export function chaosUnavailable(programs: readonly string[] = []): string | null {
  const lab = labUnavailable()
  if (lab !== null)
    return lab.replace('network tests need', 'chaos needs').replace('they are', 'it is')
  const missing = ['iptables', ...programs].filter((program) => !isInstalled(program))
  if (postgresPrograms() === null) missing.push('postgresql')
  if (missing.length === 0) return null
  return `chaos needs ${missing.join(', ')} (${setUp} installs them); it is left out`
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
