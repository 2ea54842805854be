import type { WorkflowNoticeContent } from '../mails/mail-content.ts'
import type { Realm } from '../realms/realm.ts'
import type { User } from '../users/user.ts'
import type { ActingStep } from './acting-workflow.ts'

const dayMs = 86_400_000
/** Longest text, in characters, that somebody may have sent. */
const textCharactersMax = 10_000
/** What is announced of the step that follows, by Keycloak's names of texts. */
const announcements: Readonly<Record<string, string>> = {
  'delete-user': 'accountDelete',
  'disable-user': 'accountDisable',
}

/**
 * What the step `notify-user` says: what its settings have, or else what is going to happen next.
 * @returns null where there is no address that it can go to
 */
export function workflowNotice(
  call: { readonly realm: Realm; readonly step: ActingStep; readonly next: ActingStep | null },
  user: User,
): WorkflowNoticeContent | null {
  const { realm, step, next } = call
  const setting = (name: string) => step.config[name]?.[0]?.trim() || undefined
  const email = setting('to') ?? user.email
  if (!email) return null
  const days = Math.floor((next?.afterMs ?? 0) / dayMs)
  const message = setting('message')
  return {
    kind: 'workflow',
    // Whoever is deleted by the next step is told nevertheless.
    userId: '',
    email,
    locale: user.attributes['locale']?.[0],
    name: user.firstName ?? user.username,
    texts: `${announcements[next?.uses ?? ''] ?? 'account'}Notification`,
    days,
    reason: setting('reason') ?? 'inactivity',
    subject: setting('subject')?.slice(0, textCharactersMax),
    message:
      message === undefined
        ? undefined
        : filledIn(message, realm, user, days).slice(0, textCharactersMax),
  }
}

/** Puts in `${user.…}`, `${realm.name}`, `${realm.displayName}` and `${workflow.daysUntilNextStep}`; others stay. */
function filledIn(message: string, realm: Realm, user: User, days: number): string {
  return message.replaceAll(
    /\$\{([^{}:]{1,255})(?::([^{}]*))?\}/g,
    (whole, name: string, otherwise) => {
      const value = propertyOf(name, realm, user, days)
      return value ?? otherwise ?? whole
    },
  )
}

function propertyOf(name: string, realm: Realm, user: User, days: number): string | undefined {
  if (name === 'realm.name') return realm.name
  if (name === 'realm.displayName') return realm.settings.displayName || undefined
  if (name === 'workflow.daysUntilNextStep') return String(days)
  if (!name.startsWith('user.')) return undefined
  const key = name.slice('user.'.length)
  const { username, email, firstName, lastName } = user
  const members = new Map(Object.entries({ username, email, firstName, lastName }))
  if (members.has(key)) return members.get(key) ?? undefined
  return Object.hasOwn(user.attributes, key) ? user.attributes[key]?.[0] : undefined
}
