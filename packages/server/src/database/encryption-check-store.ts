import { StartError } from '../shared/start-error.ts'
import { AesSecretBox } from './aes-secret-box.ts'
import type { Database } from './database.ts'
import { plainSecretBox } from './plain-secret-box.ts'
import type { SecretBox } from './secret-box.ts'

const settingName = 'encryption-check'
const checkText = 'this database is encrypted with this key'

/**
 * Makes the secret box and proves its key against the check value in the database.
 * @param keys current one first; empty = none configured
 * @throws StartError when the database was encrypted with another key
 */
export async function openSecretBox(
  database: Database,
  keys: readonly Buffer[],
): Promise<SecretBox> {
  const stored = await readCheck(database)
  if (keys.length === 0) {
    if (stored === undefined) return plainSecretBox
    throw new StartError(
      'The secrets in this database are encrypted: set KC_ENCRYPTION_KEY to their key',
    )
  }
  const box = new AesSecretBox(keys)
  if (stored !== undefined) prove(box, stored)
  if (stored === undefined || !box.isCurrent(stored)) await writeCheck(database, box)
  return box
}

function prove(box: AesSecretBox, stored: string): void {
  try {
    if (box.open(stored) === checkText) return
  } catch {
    // Refused below, like a text that does not match.
  }
  throw new StartError(
    'KC_ENCRYPTION_KEY is not the key of this database: when replacing a key, keep the old one behind the new one, comma separated',
  )
}

/** By primary key. */
async function readCheck(database: Database): Promise<string | undefined> {
  const rows = await database.query<{ value: string }>(
    'SELECT value FROM server_setting WHERE name = $1',
    [settingName],
  )
  return rows[0]?.value
}

async function writeCheck(database: Database, box: SecretBox): Promise<void> {
  await database.query(
    'INSERT INTO server_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [settingName, box.seal(checkText)],
  )
}
