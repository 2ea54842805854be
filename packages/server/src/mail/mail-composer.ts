import type { WaitingMail } from '../domains/mails/mail-content.ts'
import type { SentCodes } from '../domains/mails/sent-codes.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { ActionToken, ActionTokens } from '../domains/tokens/action-tokens.ts'
import { issuerOf } from '../domains/tokens/tokens.ts'
import type { User } from '../domains/users/user.ts'
import { chooseLocale } from '../pages/messages/choose-locale.ts'
import type { ThemeTexts } from '../pages/messages/theme-texts.ts'
import type { ThemesOfKind } from '../pages/themes/themes.ts'
import { type Clock, epochSeconds } from '../shared/clock.ts'
import type { Mail } from './mail.ts'
import { MailTexts } from './mail-texts.ts'
import { type ComposedContent, hasLink, type LinkMail, wordedMail } from './mail-wording.ts'
import { address } from './smtp-settings.ts'

export interface MailComposerDeps {
  readonly codes: SentCodes
  readonly texts: ThemeTexts
  /** Of mails. */
  readonly themes: Pick<ThemesOfKind, 'of'>
  readonly tokens: Pick<ActionTokens, 'sign'>
  readonly clock: Clock
}

/** Writes mails: in the user's language, with links whose tokens are made now. */
export class MailComposer {
  readonly #deps: MailComposerDeps

  constructor(deps: MailComposerDeps) {
    this.#deps = deps
  }

  /**
   * @param user who gets it, as the user is now; null for somebody who has no account
   * @throws SmtpSettingsProblem when there is no address that a mail can go to
   */
  async compose(
    realm: Realm,
    user: User | null,
    { id, content }: WaitingMail & { readonly content: ComposedContent },
  ): Promise<Mail> {
    const texts = this.textsOf(realm, { user: user ?? undefined, locale: content.locale })
    const to = content.kind === 'update-email' ? content.newEmail : content.email
    const secret = await this.#secretOf(realm, id, content)
    return { to: address('recipient', to), ...wordedMail(texts, realm, content, secret) }
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
    return new MailTexts(this.#deps.texts, locale, realm, this.#deps.themes.of(realm))
  }

  /** @returns the link or the code that a mail is sent for; empty where it only tells something */
  async #secretOf(realm: Realm, id: string, content: ComposedContent): Promise<string> {
    if (hasLink(content)) return await this.#linkOf(realm, id, content)
    if (content.kind === 'email-code') return await this.#deps.codes.of(realm, content.challengeId)
    return ''
  }

  async #linkOf(realm: Realm, mailId: string, content: LinkMail): Promise<string> {
    const issuer = issuerOf({ frontend: content.serverUrl }, realm)
    const token = await this.#deps.tokens.sign(
      realm,
      tokenOf(content, mailId, issuer, epochSeconds(this.#deps.clock)),
    )
    if (content.kind === 'organization-invitation' && content.userId === '') {
      const parameters = { response_type: 'code', client_id: content.clientId, token }
      return `${issuer}/protocol/openid-connect/registrations?${new URLSearchParams(parameters)}`
    }
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
    case 'organization-invitation': {
      const { invitationId, expiresAt, organizationId } = content
      return { ...common, typ: 'ORGIVT', jti: invitationId, exp: expiresAt, org_id: organizationId }
    }
    case 'magic-link':
      return { ...common, typ: content.kind, chl: content.challengeId }
    default:
      return { ...common, typ: content.kind }
  }
}
