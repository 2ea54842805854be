import { readFileSync } from 'node:fs'

/** @returns the version of this build, from its package.json */
export function productVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
