import type { Queryable } from '../database/database.ts'
import { plainSecretBox } from '../database/plain-secret-box.ts'
import { MailStore } from '../domains/mails/mail-store.ts'
import { type Finding, ok, warning } from './finding.ts'

const countedMax = 10_000
/** A mail server that is away for a moment is no outage. */
const waitMsWorthSaying = 10 * 60_000

/** Looks at the outbox. @returns a line with how many mails wait; none before there is a table of them */
export async function checkMails(database: Queryable): Promise<Finding[]> {
  // What a mail says is not read here.
  const store = new MailStore(plainSecretBox)
  if (!(await store.exists(database))) return []
  const { count, oldestMs, attemptsMax } = await store.waiting(database, countedMax)
  const many = count >= countedMax ? `${countedMax} or more` : String(count)
  if (count === 0) return [ok('mails', 'none waits to be sent')]
  const text = `${many} wait to be sent, the oldest for ${Math.round(oldestMs / 60_000)} minutes, tried up to ${attemptsMax} times`
  if (oldestMs < waitMsWorthSaying) return [ok('mails', text)]
  const mend =
    'look for "is tried again" in the log, and test the mail server of the realm that it names (Realm settings, Email)'
  return [warning('mails', text, mend)]
}
