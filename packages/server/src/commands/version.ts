import { readFileSync } from 'node:fs'
import { arch, platform, release } from 'node:os'
import { join } from 'node:path'

/** Version of the server that this one speaks like; clients and tools read it in places. */
export const keycloakVersion = '26.7.4'

/** @returns the version of this package */
export function version(): string {
  const file = join(import.meta.dirname, '..', '..', 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** What `--version` prints. */
export function versionText(): string {
  return `Holdfast ${version()} (compatible with Keycloak ${keycloakVersion})\nNode.js: ${process.version}\nOS: ${platform()} ${release()} ${arch()}\n`
}
