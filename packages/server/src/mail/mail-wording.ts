import type {
  EmailCodeContent,
  EventContent,
  LinkContent,
  MailContent,
  OrganizationInvitationContent,
  WorkflowNoticeContent,
} from '../domains/mails/mail-content.ts'
import type { Realm } from '../domains/realms/realm.ts'
import { escapeHtml } from '../pages/html.ts'
import type { Mail } from './mail.ts'
import {
  type MailKeys,
  type MailRealm,
  type MailTexts,
  mailKeys,
  mailNameOf,
} from './mail-texts.ts'

/** What mails are written for. */
export type ComposedContent = Exclude<MailContent, { kind: 'none' | 'sms-code' }>

/** Mails with a link. */
export type LinkMail = Extract<ComposedContent, LinkContent>

export function hasLink(content: ComposedContent): content is LinkMail {
  return 'serverUrl' in content
}

/** What the words of mails need of a realm. */
export interface WordedRealm extends MailRealm {
  readonly settings: Pick<
    Realm['settings'],
    'displayName' | 'localizationTexts' | 'requiredActions'
  >
}

/** Texts of mails whose keys follow no rule. */
const unusualHtmlKeys: Readonly<Record<string, string>> = {
  USER_DISABLED_BY_PERMANENT_LOCKOUT: 'eventUserDisabledByPermanentLockoutHtml',
  USER_DISABLED_BY_TEMPORARY_LOCKOUT: 'eventUserDisabledByTemporaryLockoutHtml',
}

/** @param secret the link or code of the mail; unused where it has none. @returns the words of a mail */
export function wordedMail(
  texts: MailTexts,
  realm: WordedRealm,
  content: ComposedContent,
  secret: string,
): Omit<Mail, 'to'> {
  if (hasLink(content)) return linkMail(texts, realm, content, secret)
  switch (content.kind) {
    case 'event':
      return eventMail(texts, content)
    case 'email-code':
      return codeMail(texts, realm, content, secret)
    case 'workflow':
      return workflowMail(texts, realm, content)
  }
}

function linkMail(
  texts: MailTexts,
  realm: WordedRealm,
  content: LinkMail,
  link: string,
): Omit<Mail, 'to'> {
  const minutes = String(Math.floor(content.lifespanSeconds / 60))
  const lasts = texts.duration(content.lifespanSeconds)
  const name = mailNameOf(realm)
  switch (content.kind) {
    case 'verify-email':
      return texts.mail(mailKeys('emailVerification'), { body: [link, minutes, name, lasts] })
    case 'reset-credentials':
      return texts.mail(mailKeys('passwordReset'), { body: [link, minutes, name, lasts] })
    case 'magic-link':
      return texts.mail(mailKeys('magicLink'), { subject: [name], body: [link, name, lasts] })
    case 'update-email':
      return texts.mail(mailKeys('emailUpdateConfirmation'), {
        body: [link, content.newEmail, name, lasts],
      })
    case 'organization-invitation':
      return invitationMail(texts, content, [link, minutes, name], lasts)
    case 'execute-actions': {
      const actions = content.actions.map((alias) => actionName(texts, realm, alias)).join(', ')
      return texts.mail(mailKeys('executeActions'), { body: [link, minutes, name, actions, lasts] })
    }
  }
}

/** Speaks to whoever is known by both names. */
function invitationMail(
  texts: MailTexts,
  { organizationName, firstName, lastName }: OrganizationInvitationContent,
  first: readonly string[],
  lasts: string,
): Omit<Mail, 'to'> {
  const usual = mailKeys('orgInvite')
  const isKnown = firstName !== '' && lastName !== ''
  const personal = { body: 'orgInviteBodyPersonalized', html: 'orgInviteBodyPersonalizedHtml' }
  return texts.mail(isKnown ? { ...usual, ...personal } : usual, {
    subject: [organizationName],
    body: [...first, organizationName, lasts, firstName, lastName],
  })
}

function codeMail(
  texts: MailTexts,
  realm: WordedRealm,
  { lifespanSeconds }: EmailCodeContent,
  code: string,
): Omit<Mail, 'to'> {
  const name = mailNameOf(realm)
  const body = [code, name, texts.duration(lifespanSeconds)]
  return texts.mail(mailKeys('emailCode'), { subject: [name], body })
}

/** With the realm administrators' own words, where a step has them: their markup is made harmless like that of texts. */
function workflowMail(
  texts: MailTexts,
  realm: WordedRealm,
  content: WorkflowNoticeContent,
): Omit<Mail, 'to'> {
  const subject = content.subject ?? texts.text(`${content.texts}Subject`)
  if (content.message !== undefined) {
    return texts.written({ subject, text: content.message, markup: content.message })
  }
  const params = [String(content.days), content.reason]
  const lines = [
    texts.text('workflowNoticeGreeting', content.name),
    texts.text(`${content.texts}Body`, ...params),
    ...(content.days > 0 ? [texts.text('workflowNoticeTimeLeft', String(content.days))] : []),
    texts.text('workflowNoticeContact', mailNameOf(realm)),
  ]
  const markup = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')
  return texts.written({ subject, text: lines.join('\n\n'), markup })
}

function actionName(texts: MailTexts, realm: WordedRealm, alias: string): string {
  const key = `requiredAction.${alias}`
  if (texts.has(key)) return texts.text(key)
  const action = realm.settings.requiredActions.find((one) => one.alias === alias)
  return action?.name || alias
}

function eventMail(texts: MailTexts, content: EventContent): Omit<Mail, 'to'> {
  const { event, credentialType, ipAddress } = content
  const name = `event${camelCase(event)}`
  const keys: MailKeys = {
    ...mailKeys(name),
    ...(unusualHtmlKeys[event] === undefined ? {} : { html: unusualHtmlKeys[event] }),
  }
  const time = texts.time(content.time)
  const ofCredential = event === 'UPDATE_CREDENTIAL' || event === 'REMOVE_CREDENTIAL'
  const body = ofCredential ? [credentialType ?? '', time, ipAddress] : [time, ipAddress]
  return texts.mail(keys, { body })
}

function camelCase(event: string): string {
  return event
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
