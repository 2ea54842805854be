import { StartError } from '../shared/start-error.ts'
import { AesSecretBox } from './aes-secret-box.ts'
import type { Database } from './database.ts'
import { plainSecretBox } from './plain-secret-box.ts'
import type { SecretBox } from './secret-box.ts'

const checkName = 'encryption-check'
/**
 * Sealed with the key with which everything was sealed when it was written. What is sealed has grown since the first of these
 * names (secrets of clients, then of users' credentials): under a new name, everything is looked through once more.
 */
const completeName = 'encryption-complete-3'
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
  const stored = await readSetting(database, checkName)
  if (keys.length === 0) {
    if (stored === undefined) return plainSecretBox
    throw new StartError(
      'The secrets in this database are encrypted: set KC_ENCRYPTION_KEY to their key',
    )
  }
  const box = new AesSecretBox(keys)
  prove(box, stored ?? (await makeCheck(database, box)))
  return box
}

/**
 * @param keys current one first
 * @returns whether some secret may be stored plain or under an earlier key: true for as long as earlier keys are configured,
 * since nodes on which an earlier one still comes first may write with it
 */
export async function sealingIsPending(
  database: Database,
  box: SecretBox,
  keys: readonly Buffer[],
): Promise<boolean> {
  if (keys.length === 0) return false
  if (keys.length > 1) return true
  const complete = await readSetting(database, completeName)
  return complete === undefined || !box.isCurrent(complete)
}

/** Notes that every secret is sealed with the current key; from now on that key alone opens the database. */
export async function noteSealingComplete(database: Database, box: SecretBox): Promise<void> {
  await database.transaction(async (tx) => {
    for (const name of [checkName, completeName]) {
      await tx.query(
        'INSERT INTO server_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        [name, box.seal(checkText)],
      )
    }
  })
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
async function readSetting(database: Database, name: string): Promise<string | undefined> {
  const rows = await database.query<{ value: string }>(
    'SELECT value FROM server_setting WHERE name = $1',
    [name],
  )
  return rows[0]?.value
}

/** @returns the check value of whoever was first: two nodes with different keys must not both believe that theirs is right */
async function makeCheck(database: Database, box: SecretBox): Promise<string> {
  const made = box.seal(checkText)
  await database.query(
    'INSERT INTO server_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
    [checkName, made],
  )
  return (await readSetting(database, checkName)) ?? made
}
