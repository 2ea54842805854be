import { createHash, getFips, randomBytes, setFips } from 'node:crypto'
import { StartError } from '../shared/start-error.ts'

/**
 * Has OpenSSL use only what FIPS 140 allows, in this process from now on.
 * @throws StartError where this Node.js cannot
 */
export function turnOnFips(): void {
  try {
    setFips(true)
    // Without its provider OpenSSL takes the mode and then knows no algorithm any more.
    createHash('sha256').update(randomBytes(1)).digest()
  } catch (error) {
    throw new StartError(
      `fips-mode cannot be turned on: ${(error as Error).message.split('\n', 1)[0]}. Node.js needs an OpenSSL with the FIPS provider (OPENSSL_CONF, OPENSSL_MODULES)`,
    )
  }
  if (getFips() !== 1) throw new StartError('fips-mode cannot be turned on in this Node.js')
}
