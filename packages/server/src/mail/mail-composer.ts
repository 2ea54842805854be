import type {
  EmailCodeContent,
  EventContent,
  ExecuteActionsContent,
  MagicLinkContent,
  MailContent,
  ResetCredentialsContent,
  UpdateEmailContent,
  VerifyEmailContent,
  WaitingMail,
} from '../domains/mails/mail-content.ts'
import type { SentCodes } from '../domains/mails/sent-codes.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { ActionToken, ActionTokens } from '../domains/tokens/action-tokens.ts'
import { issuerOf } from '../domains/tokens/tokens.ts'
import type { User } from '../domains/users/user.ts'
import { chooseLocale } from '../pages/messages/choose-locale.ts'
import type { ThemeTexts } from '../pages/messages/theme-texts.ts'
import { type Clock, epochSeconds } from '../shared/clock.ts'
import type { Mail } from './mail.ts'
import { type MailKeys, MailTexts, mailKeys } from './mail-texts.ts'
import { address } from './smtp-settings.ts'

/** What mails are written for. */
export type ComposedContent = Exclude<MailContent, { kind: 'none' | 'sms-code' }>

type LinkMail =
  | VerifyEmailContent
  | ResetCredentialsContent
  | ExecuteActionsContent
  | UpdateEmailContent
  | MagicLinkContent

export interface MailComposerDeps {
  readonly codes: SentCodes
  readonly texts: ThemeTexts
  readonly tokens: Pick<ActionTokens, 'sign'>
  readonly clock: Clock
}

/** Texts of mails whose keys follow no rule. */
const unusualHtmlKeys: Readonly<Record<string, string>> = {
  USER_DISABLED_BY_PERMANENT_LOCKOUT: 'eventUserDisabledByPermanentLockoutHtml',
  USER_DISABLED_BY_TEMPORARY_LOCKOUT: 'eventUserDisabledByTemporaryLockoutHtml',
}

/** Writes mails: in the user's language, with links whose tokens are made now. */
export class MailComposer {
  readonly #deps: MailComposerDeps

  constructor(deps: MailComposerDeps) {
    this.#deps = deps
  }

  /**
   * @param user who gets it, as the user is now
   * @throws SmtpSettingsProblem when there is no address that a mail can go to
   */
  async compose(
    realm: Realm,
    user: User,
    { id, content }: WaitingMail & { readonly content: ComposedContent },
  ): Promise<Mail> {
    const texts = this.textsOf(realm, { user, locale: content.locale })
    if (content.kind === 'event') {
      return { to: address('recipient', content.email), ...eventMail(texts, content) }
    }
    if (content.kind === 'email-code') {
      const code = await this.#deps.codes.of(realm, content.challengeId)
      return { to: address('recipient', content.email), ...codeMail(texts, realm, content, code) }
    }
    const to = content.kind === 'update-email' ? content.newEmail : content.email
    const link = await this.#linkOf(realm, id, content)
    return { to: address('recipient', to), ...linkMail(texts, realm, content, link) }
  }

  /** @returns the texts of mails in the language of a user, or of whoever has just read a page */
  textsOf(
    realm: Realm,
    reader: { readonly user?: User | undefined; readonly locale?: string | undefined },
  ): MailTexts {
    const locale = chooseLocale(realm.settings, {
      userLocale: reader.user?.attributes['locale']?.[0],
      uiLocales: reader.locale,
    })
    return new MailTexts(this.#deps.texts, locale, realm.settings.localizationTexts)
  }

  async #linkOf(realm: Realm, mailId: string, content: LinkMail): Promise<string> {
    const issuer = issuerOf({ frontend: content.serverUrl }, realm)
    const token = await this.#deps.tokens.sign(
      realm,
      tokenOf(content, mailId, issuer, epochSeconds(this.#deps.clock)),
    )
    const query = content.query === undefined ? '' : `&${content.query}`
    return `${issuer}/login-actions/action-token?key=${token}${query}`
  }
}

/** The id of the mail is the token's: a mail that arrives twice is good once. */
function tokenOf(content: LinkMail, jti: string, issuer: string, iat: number): ActionToken {
  const { userId: sub, email: eml, clientId: azp, tab, redirectUri } = content
  const common = {
    exp: iat + content.lifespanSeconds,
    iat,
    jti,
    iss: issuer,
    aud: issuer,
    sub,
    azp,
    eml,
    ...(tab === undefined ? {} : { asid: `${tab.browser}.${tab.tabId}` }),
    ...(redirectUri === undefined ? {} : { reduri: redirectUri }),
  }
  switch (content.kind) {
    case 'execute-actions':
      return { ...common, typ: content.kind, rqac: [...content.actions] }
    case 'update-email': {
      const { newEmail, logoutSessions } = content
      return { ...common, typ: content.kind, newEmail, logoutSessions }
    }
    case 'magic-link':
      return { ...common, typ: content.kind, chl: content.challengeId }
    default:
      return { ...common, typ: content.kind }
  }
}

function linkMail(
  texts: MailTexts,
  realm: Realm,
  content: LinkMail,
  link: string,
): Omit<Mail, 'to'> {
  const minutes = String(Math.floor(content.lifespanSeconds / 60))
  const lasts = texts.duration(content.lifespanSeconds)
  const name = realmNameOf(realm)
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
    case 'execute-actions': {
      const actions = content.actions.map((alias) => actionName(texts, realm, alias)).join(', ')
      return texts.mail(mailKeys('executeActions'), { body: [link, minutes, name, actions, lasts] })
    }
  }
}

function codeMail(
  texts: MailTexts,
  realm: Realm,
  { lifespanSeconds }: EmailCodeContent,
  code: string,
): Omit<Mail, 'to'> {
  const name = realmNameOf(realm)
  const body = [code, name, texts.duration(lifespanSeconds)]
  return texts.mail(mailKeys('emailCode'), { subject: [name], body })
}

function actionName(texts: MailTexts, realm: Realm, alias: string): string {
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

/** How mails call a realm: by its display name, or by its name with a capital. */
function realmNameOf({ name, settings }: Realm): string {
  return settings.displayName || name.charAt(0).toUpperCase() + name.slice(1)
}
