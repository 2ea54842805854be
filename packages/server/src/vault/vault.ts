import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pkcs12Secrets } from '@holdfast/cluster'
import type { KeyResolver, VaultSettings } from './vault-settings.ts'

const reference = /^\$\{vault\.([^}]{1,255})\}$/
/** Names that lead nowhere else. */
const safeName = /^[A-Za-z0-9_.\- ]+$/
const secretBytesMax = 64 * 1024

export interface VaultDeps {
  /** Undefined where there is no vault: then every text stands for itself. */
  readonly settings: VaultSettings | undefined
  readonly warn: (text: string) => void
}

/**
 * Replaces `${vault.key}` in settings of realms by the secret of that name. Secrets are read when they are used, so that one
 * that was replaced counts from then on. As in Keycloak, a reference to a secret that is not there stands for itself.
 */
export class Vault {
  readonly #deps: VaultDeps

  constructor(deps: VaultDeps) {
    this.#deps = deps
  }

  /** @returns the secret that `text` names, or else `text` */
  async secretOf(realmName: string, text: string): Promise<string> {
    const { settings, warn } = this.#deps
    const key = reference.exec(text)?.[1]
    if (settings === undefined || key === undefined) return text
    try {
      for (const resolver of settings.resolvers) {
        const secret = await find(settings, resolver, realmName, key)
        if (secret !== undefined) return secret
      }
    } catch (error) {
      warn(`The vault cannot be read: ${(error as Error).message}`)
      return text
    }
    warn(`The vault has no secret '${key}' for the realm '${realmName}'`)
    return text
  }
}

async function find(
  settings: VaultSettings,
  resolver: KeyResolver,
  realm: string,
  key: string,
): Promise<string | undefined> {
  const parts = resolver === 'KEY_ONLY' ? [key] : [realm, key]
  if (!parts.every((part) => safeName.test(part) && !part.includes('..'))) return undefined
  const joined = resolver === 'REALM_UNDERSCORE_KEY' ? parts.map(doubled).join('_') : undefined
  if (settings.kind === 'file') {
    return await readSecret(join(settings.directory, ...(joined === undefined ? parts : [joined])))
  }
  const store = await readFile(settings.file)
  return pkcs12Secrets(store, settings.password).get(joined ?? parts.join('/'))
}

/** So that `a_b` of realm `c` is another than `b` of realm `c_a`. */
function doubled(part: string): string {
  return part.replaceAll('_', '__')
}

/** A line feed at the end is the editor's, not the secret's. */
async function readSecret(file: string): Promise<string | undefined> {
  try {
    const content = await readFile(file)
    if (content.length > secretBytesMax) throw new Error(`${file} is longer than a secret may be`)
    return content.toString('utf8').replace(/\r?\n$/, '')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined
    }
    throw error
  }
}
