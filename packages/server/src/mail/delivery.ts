import type { Realm } from '../domains/realms/realm.ts'
import { secretMembers } from '../domains/realms/secret-members.ts'
import type { Clock } from '../shared/clock.ts'
import type { Vault } from '../vault/vault.ts'
import type { DevelopmentMailbox } from './development-mailbox.ts'
import { type Mail, MailNotSent } from './mail.ts'
import type { SmtpMailer } from './smtp-mailer.ts'
import { SmtpSettingsProblem, smtpSettings } from './smtp-settings.ts'

export interface DeliveryDeps {
  readonly mailer: Pick<SmtpMailer, 'send'>
  /** Of `start-dev` only. */
  readonly mailbox: DevelopmentMailbox | null
  readonly clock: Clock
  readonly vault: Pick<Vault, 'secretOf'>
}

/** Where the mails of a realm go: to its mail server, or without one to the development mailbox. */
export class Delivery {
  readonly #deps: DeliveryDeps

  constructor(deps: DeliveryDeps) {
    this.#deps = deps
  }

  /** Whether the realm's mails can go anywhere. */
  canSend(realm: Realm): boolean {
    const members = smtpMembers(realm)
    if (!members['host']) return this.#deps.mailbox !== null
    try {
      smtpSettings(members)
      return true
    } catch (error) {
      if (error instanceof SmtpSettingsProblem) return false
      throw error
    }
  }

  /** @throws MailNotSent; SmtpSettingsProblem */
  async deliver(realm: Realm, mail: Mail): Promise<void> {
    const { mailer, mailbox, clock } = this.#deps
    const members = smtpMembers(realm)
    if (members['host']) await mailer.send(smtpSettings(await this.#opened(realm, members)), mail)
    else if (mailbox !== null) mailbox.keep(realm.name, mail, clock.now())
    else throw new MailNotSent('the realm has no mail server', true)
  }

  /** With the secrets that the vault keeps, where the realm only names them. */
  async #opened({ name }: Realm, members: Readonly<Record<string, string>>) {
    const opened = { ...members }
    for (const secret of secretMembers.smtpServer) {
      const given = members[secret]
      if (given !== undefined) opened[secret] = await this.#deps.vault.secretOf(name, given)
    }
    return opened
  }
}

function smtpMembers({ settings }: Realm): Readonly<Record<string, string>> {
  return (settings['smtpServer'] ?? {}) as Readonly<Record<string, string>>
}
