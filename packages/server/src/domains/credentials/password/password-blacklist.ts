import { createReadStream } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { isInBloomFile } from './bloom-filter.ts'

/** Longest line of a blacklist, in characters, that is compared; longer ones cannot be anybody's password. */
const lineLengthMax = 1024
/** Of files that `tools build-password-denylist` makes of long ones. */
export const bloomSuffix = '.bloom'

/**
 * Forbidden passwords in files, one a line, in lower case (Keycloak: `data/password-blacklists/`). A file is read line by
 * line when somebody sets a password, which is rare: nothing stays in memory.
 */
export class PasswordBlacklist {
  readonly #directory: string

  /** @param directory where the files are */
  constructor(directory: string) {
    this.#directory = directory
  }

  /**
   * @param file name without a path
   * @returns whether the file holds the password in any case; a file that is missing forbids every password, since the
   *   realm asks for a check that cannot be made
   */
  async contains(file: string, password: string): Promise<boolean> {
    const wanted = password.toLowerCase()
    const path = join(this.#directory, basename(file))
    if (file.endsWith(bloomSuffix)) return await isInBloomFile(path, wanted).catch(() => true)
    const stream = createReadStream(path, 'utf8')
    try {
      for await (const line of createInterface({
        input: stream,
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        if (line.length <= lineLengthMax && line.trim().toLowerCase() === wanted) return true
      }
      return false
    } catch {
      return true
    } finally {
      stream.destroy()
    }
  }
}
