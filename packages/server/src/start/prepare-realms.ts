import { join } from 'node:path'
import type { RealmDomains, Transfer } from '../composition/compose-realm-domains.ts'
import type { BootstrapSettings } from '../config/server-settings.ts'
import { masterRealmName } from '../domains/administration/administration.ts'
import { ModelError } from '../domains/realms/model-error.ts'
import { realmsInDirectory } from '../domains/transfer/import-files.ts'
import { ensureMasterRealm } from '../domains/transfer/master-realm.ts'
import type { Logger } from '../log/logger.ts'

export interface PrepareRealmsDeps {
  readonly data: RealmDomains
  readonly transfer: Transfer
  readonly logger: Logger
  readonly dataDir: string
  readonly importRealms: boolean
  readonly bootstrap: BootstrapSettings
}

/**
 * What a start does before it serves: imports realms that are waiting in `data/import` (existing ones stay), makes sure of
 * the master realm and makes the first administrator that the settings ask for. Several nodes may do so at once.
 */
export async function prepareRealms(deps: PrepareRealmsDeps): Promise<void> {
  const { data, transfer } = deps
  if (deps.importRealms) await importMaster(deps)
  await ensureMasterRealm(data.realms, transfer.realmImport)
  if (deps.importRealms) await importRealms(deps)
  await makeAdministrator(deps)
}

function importDirectory(deps: PrepareRealmsDeps): string {
  return join(deps.dataDir, 'import')
}

/** A master realm among the files comes first: the clients that administer the others are made in it. */
async function importMaster(deps: PrepareRealmsDeps): Promise<void> {
  const { realmFiles } = deps.transfer
  for await (const found of realmsInDirectory(importDirectory(deps), realmFiles.placeholders)) {
    if (found.realm.realm === masterRealmName) await importOne(deps, found)
  }
}

async function importRealms(deps: PrepareRealmsDeps): Promise<void> {
  const { realmFiles } = deps.transfer
  for await (const found of realmsInDirectory(importDirectory(deps), realmFiles.placeholders)) {
    if (found.realm.realm !== masterRealmName) await importOne(deps, found)
  }
}

type Found = Parameters<Transfer['realmFiles']['importFound']>[0]

async function importOne({ transfer, logger }: PrepareRealmsDeps, found: Found): Promise<void> {
  const name = found.realm.realm
  try {
    const { outcome } = await transfer.realmFiles.importFound(found, false)
    if (outcome === 'unfinished') {
      logger.warn(`Realm '${name}' is half imported, from other files. Import skipped`)
    } else if (outcome === 'exists') logger.info(`Realm '${name}' already exists. Import skipped`)
    else logger.info(`Realm '${name}' imported`)
  } catch (error) {
    // Another node that imports the same files was faster.
    const there = await transfer.realmFiles.exists(name)
    if (!(error instanceof ModelError && error.reason === 'duplicate' && there)) throw error
    logger.info(`Realm '${name}' already exists. Import skipped`)
  }
}

async function makeAdministrator({
  transfer,
  bootstrap,
  logger,
}: PrepareRealmsDeps): Promise<void> {
  const { firstAdministrator } = transfer
  const { password, username, clientId, clientSecret } = bootstrap
  if (password === undefined && clientSecret === undefined) return
  if (await firstAdministrator.exists()) return
  try {
    await firstAdministrator.create({
      user: password === undefined ? undefined : { username, password },
      client: clientSecret === undefined ? undefined : { clientId, secret: clientSecret },
      temporary: true,
      onlyFirst: true,
    })
    if (password !== undefined) {
      logger.info(`Created temporary admin user with username ${username}`)
    }
    if (clientSecret !== undefined) {
      logger.info(`Created temporary admin service account with client id ${clientId}`)
    }
  } catch (error) {
    // Another node made it meanwhile.
    if (!(error instanceof ModelError && error.reason === 'duplicate')) throw error
  }
}
