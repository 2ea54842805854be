import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The Keycloak whose behaviour this server has. */
export const keycloakVersion = '26.7.4'

const artifact = `org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`
const execute = promisify(execFile)

/**
 * Unpacks Keycloak below a directory: what Maven's local repository has, or what Maven Central brings.
 * @returns the directory of the unpacked server
 * @throws when there is neither Maven nor an archive, or no `unzip`
 */
export async function unpackKeycloak(home: string): Promise<string> {
  await execute('unzip', ['-q', await archiveIn(home), '-d', home])
  return join(home, `keycloak-${keycloakVersion}`)
}

async function archiveIn(home: string): Promise<string> {
  const name = `keycloak-quarkus-dist-${keycloakVersion}.zip`
  const folder = join('.m2', 'repository', 'org', 'keycloak', 'keycloak-quarkus-dist')
  const known = join(homedir(), folder, keycloakVersion, name)
  if (existsSync(known)) return known
  const copy = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`]
  await execute('mvn', [...copy, `-DoutputDirectory=${home}`], { cwd: home })
  return join(home, name)
}
