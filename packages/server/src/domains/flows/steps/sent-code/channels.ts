import { property, provider } from '../../../providers/provider.ts'
import type { User } from '../../../users/user.ts'
import type { StepContext } from '../../engine/step.ts'
import type { SentCodeChannel } from './sent-code-step.ts'

const phoneAttributeDefault = 'phoneNumber'
/** E.164, with the blanks and dashes that people write. */
const phoneShape = /^\+?[\d\s().-]{6,25}$/

const codeLifespan = property('code-lifespan', 'Seconds for which a code counts', 'String', {
  default: '300',
})

/** A code by e-mail. */
export const emailCode: SentCodeChannel = {
  provider: provider('email-code-form', 'E-mail Code', [codeLifespan], {
    help: 'Sends a code by e-mail and asks for it.',
  }),
  kind: 'email',
  eventType: 'SEND_EMAIL_CODE',
  addressOf: (_context, user) => user.email,
  masked: maskedEmail,
  content: (context, user, { address, challengeId, lifespanSeconds }) => ({
    kind: 'email-code',
    userId: user.id,
    email: address,
    challengeId,
    lifespanSeconds,
    locale: context.mailLink()?.locale,
  }),
}

/** A link by e-mail. Opened in another browser it shows a code to type in the one that waits: opening it signs nobody in. */
export const magicLink: SentCodeChannel = {
  ...emailCode,
  provider: provider('magic-link-form', 'Magic Link', [codeLifespan], {
    help: 'Sends a link by e-mail that signs in the browser in which the login began.',
  }),
  kind: 'link',
  eventType: 'SEND_MAGIC_LINK',
  content(context, user, { address, challengeId, lifespanSeconds }) {
    const link = context.mailLink()
    if (link === undefined) return { kind: 'none' }
    const { id: userId } = user
    return { kind: 'magic-link', userId, email: address, challengeId, lifespanSeconds, ...link }
  },
}

/** A code by SMS, through the gateway that the execution's settings name. */
export const smsCode: SentCodeChannel = {
  provider: provider(
    'sms-code-form',
    'SMS Code',
    [
      codeLifespan,
      property('sms.gateway.url', 'URL of the SMS gateway', 'String'),
      property('sms.gateway.template', 'JSON for it, with {phone} and {text}', 'Text', {
        default: '{"to":"{phone}","text":"{text}"}',
      }),
      property('sms.gateway.secret', 'Secret for it, sent as bearer token', 'Password', {
        secret: true,
      }),
      property('sms.phone.attribute', 'User attribute with the number', 'String', {
        default: 'phoneNumber',
      }),
    ],
    { help: 'Sends a code to the user’s telephone and asks for it.' },
  ),
  kind: 'sms',
  eventType: 'SEND_SMS_CODE',
  addressOf: phoneOf,
  masked: (phone) => `•••${phone.slice(-2)}`,
  content: (context, user, { address, challengeId, lifespanSeconds }) => ({
    kind: 'sms-code',
    userId: user.id,
    email: user.email ?? '',
    phone: address,
    gatewayUrl: context.execution.config['sms.gateway.url'] ?? '',
    challengeId,
    lifespanSeconds,
    locale: context.mailLink()?.locale,
  }),
}

function phoneOf({ execution }: Pick<StepContext, 'execution'>, user: User): string | null {
  const { config } = execution
  if (!config['sms.gateway.url']) return null
  const phone = user.attributes[config['sms.phone.attribute'] || phoneAttributeDefault]?.[0]
  return phone !== undefined && phoneShape.test(phone) ? phone.replaceAll(/[^\d+]/g, '') : null
}

function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return `${email.slice(0, 1)}•••${email.slice(at)}`
}
