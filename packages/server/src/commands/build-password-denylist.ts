import { createReadStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { SettingError } from '../config/setting-error.ts'
import type { Configuration } from '../config/sources.ts'
import { BloomFilter } from '../domains/credentials/password/bloom-filter.ts'
import { bloomSuffix } from '../domains/credentials/password/password-blacklist.ts'

const falsePositivesDefault = '0.0001'

/**
 * `tools build-password-denylist FILE [--fpp P] [-o FILE.bloom]`: makes the short file of a long list of forbidden passwords that
 * the password policy may name in its place, byte for byte as Keycloak does.
 * @returns 0, or 1 for a file or value that cannot be used
 * @throws SettingError without a file
 */
export async function buildPasswordDenylist(
  { commandLine: { options, words }, program }: Configuration,
  print: (text: string) => void,
  complain: (text: string) => void,
): Promise<number> {
  const [given] = words
  if (given === undefined) {
    throw new SettingError("Missing required parameter: 'DENYLIST_FILE'", [
      `Try '${program} tools build-password-denylist --help' for more information on the available options.`,
    ])
  }
  const file = resolve(given)
  const output = options.get('output') ?? `${file}${bloomSuffix}`
  const share = Number(options.get('fpp') ?? falsePositivesDefault)
  const problem = await problemOf(file, output, share)
  if (problem !== undefined) {
    complain(`ERROR: Failed to run 'tools' command.\nERROR: ${problem}\n`)
    return 1
  }
  print(`Building Bloom filter from: ${file}\n  False-positive probability: ${share}\n`)
  let count = 0
  for await (const _line of linesOf(file)) count += 1
  const filter = new BloomFilter(Math.max(count, 1), share)
  for await (const line of linesOf(file)) filter.add(line.toLowerCase())
  await writeFile(resolve(output), filter.content)
  print(`Done: ${count} passwords. Output: ${resolve(output)} (${filter.content.length} B)\n`)
  print(
    `Next step: put ${basename(output)} into data/password-blacklists/ and name it in the policy.\n`,
  )
  return 0
}

async function problemOf(file: string, output: string, share: number): Promise<string | undefined> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) return `File not found or not a regular file: ${file}`
  if (!(share > 0 && share < 1)) return `--fpp must be between 0 and 1 (exclusive), got: ${share}`
  if (!output.endsWith(bloomSuffix)) return `--output must end with '.bloom', got: ${output}`
  const folder = dirname(resolve(output))
  const there = await stat(folder).catch(() => null)
  return there?.isDirectory() ? undefined : `Output directory does not exist: ${folder}`
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })
}
