import { z } from 'zod'
import type { Realm } from '../../../domains/realms/realm.ts'
import { textMap } from '../../../domains/realms/scalars.ts'
import { masked } from '../../../domains/realms/secret-members.ts'
import { HttpError } from '../../../http/http-error.ts'
import { MailNotSent } from '../../../mail/mail.ts'
import { address, SmtpSettingsProblem, smtpSettings } from '../../../mail/smtp-settings.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'

type Deps = Pick<AdminDeps, 'log' | 'mailer' | 'vault'>

type SmtpMembers = Readonly<Record<string, string>>

/** `POST testSMTPConnection`: sends a mail to the administrator who asks, with the settings of the body. */
export function registerTestSmtpConnection(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<SmtpMembers>({
    method: 'POST',
    path: '/testSMTPConnection',
    may: anyOf(['manage-realm']),
    body: {
      name: 'Map',
      schema: z.preprocess((given) => given ?? {}, textMap) as z.ZodType<SmtpMembers>,
    },
    handle: async ({ realm, administrator, body }) => {
      try {
        const members = withStoredSecrets(realm, body)
        const open = (name: string) => deps.vault.secretOf(realm.name, members[name] ?? '')
        const settings = smtpSettings({
          ...members,
          password: await open('password'),
          authTokenClientSecret: await open('authTokenClientSecret'),
        })
        await deps.mailer.send(settings, {
          to: address('recipient', administrator.user.email ?? undefined),
          subject: '[HOLDFAST] - SMTP test message',
          text: 'This is a test message',
          html: '<p>This is a test message</p>',
        })
      } catch (error) {
        if (!(error instanceof MailNotSent) && !(error instanceof SmtpSettingsProblem)) throw error
        deps.log.warn(`Realm ${realm.name}: no test mail was sent: ${error.message}`)
        throw new HttpError(500, { errorMessage: 'Failed to send email' })
      }
      return undefined
    },
  })
}

/** Which members say to whom a secret goes. */
const secrets = {
  password: ['host', 'port', 'user'],
  authTokenClientSecret: ['authTokenUrl', 'authTokenClientId'],
} as const

/** Stored secrets go to whom they were stored for, and to nobody else. */
function withStoredSecrets(realm: Realm, given: SmtpMembers): SmtpMembers {
  const stored = (realm.settings['smtpServer'] ?? {}) as SmtpMembers
  const isSame = (names: readonly string[]) =>
    names.every((name) => (given[name] ?? '') === (stored[name] ?? ''))
  const filled: Record<string, string> = { ...given }
  for (const [secret, goesTo] of Object.entries(secrets)) {
    if (given[secret] === masked) filled[secret] = isSame(goesTo) ? (stored[secret] ?? '') : ''
  }
  return filled
}
