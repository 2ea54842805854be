import { noticedEvents } from '../domains/mails/event-notices.ts'
import type { ThemeTexts } from '../pages/messages/theme-texts.ts'
import type { Theme } from '../pages/themes/theme.ts'
import type { Mail } from './mail.ts'
import { MailTexts } from './mail-texts.ts'
import { type ComposedContent, type WordedRealm, wordedMail } from './mail-wording.ts'

const toUser = { userId: 'alice', email: 'alice@example.org' }
const withLink = {
  ...toUser,
  serverUrl: 'https://login.example.org',
  clientId: 'account',
  lifespanSeconds: 300,
}
const link = 'https://login.example.org/realms/sample/login-actions/action-token?key=sample'
const challengeId = 'sample'

/** Every mail by its name; the compiler asks for a new one's line. */
const samples: {
  readonly [Kind in Exclude<ComposedContent['kind'], 'event'>]: ComposedContent & { kind: Kind }
} = {
  'verify-email': { kind: 'verify-email', ...withLink },
  'reset-credentials': { kind: 'reset-credentials', ...withLink },
  'execute-actions': {
    kind: 'execute-actions',
    ...withLink,
    actions: ['UPDATE_PASSWORD', 'CONFIGURE_TOTP'],
  },
  'update-email': {
    kind: 'update-email',
    ...withLink,
    newEmail: 'alice@example.com',
    logoutSessions: false,
  },
  'email-code': { kind: 'email-code', ...toUser, challengeId, lifespanSeconds: 300 },
  'magic-link': { kind: 'magic-link', ...withLink, challengeId },
  'organization-invitation': {
    kind: 'organization-invitation',
    ...withLink,
    invitationId: 'sample',
    expiresAt: 0,
    organizationId: 'sample',
    organizationName: 'Acme',
    firstName: 'Alice',
    lastName: 'Sample',
  },
  workflow: {
    kind: 'workflow',
    ...toUser,
    name: 'Alice',
    texts: 'accountDisableNotification',
    days: 7,
    reason: 'inactivity',
  },
}
const notices = [...noticedEvents].map((event): readonly [string, ComposedContent] => [
  `event-${event.toLowerCase()}`,
  {
    kind: 'event',
    ...toUser,
    event,
    time: 1_760_000_000_000,
    ipAddress: '192.0.2.1',
    credentialType: 'otp',
  },
])
const mails = new Map<string, ComposedContent>([...Object.entries(samples), ...notices])
const realm: WordedRealm = {
  name: 'sample',
  settings: { displayName: 'Sample', localizationTexts: {}, requiredActions: [] },
}

/** Names of all mails that the server sends. */
export const sampleMailNames: readonly string[] = [...mails.keys()]

/** @returns a mail as somebody would get it; undefined when there is none of that name */
export function sampleMail(
  name: string,
  texts: ThemeTexts,
  locale: string,
  theme: Theme | undefined,
): Omit<Mail, 'to'> | undefined {
  const content = mails.get(name)
  if (content === undefined) return undefined
  const secret = content.kind === 'email-code' ? '123456' : link
  return wordedMail(new MailTexts(texts, locale, realm, theme), realm, content, secret)
}
