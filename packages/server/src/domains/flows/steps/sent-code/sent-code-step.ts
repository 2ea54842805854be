import { z } from 'zod'
import type { Database } from '../../../../database/database.ts'
import type { Clock } from '../../../../shared/clock.ts'
import { randomBase64Url } from '../../../../shared/random.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import type { MailContent } from '../../../mails/mail-content.ts'
import type { Mails } from '../../../mails/mails.ts'
import type { SentCodes } from '../../../mails/sent-codes.ts'
import type { Provider } from '../../../providers/provider.ts'
import type { SingleUseObjects } from '../../../sessions/single-use-objects.ts'
import type { User } from '../../../users/user.ts'
import type { LoginPageNotes } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'
import { guessError, markUsed } from '../password-check.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'sent-code': {
      readonly channel: SentCodeChannel['kind']
      /** Where the code went, without what would give it away. */
      readonly address: string
    }
  }
}

/** Guesses at one code; then another one has to be sent. */
const guessesMax = 5
const lifespanSecondsDefault = 300
const lifespanSecondsMax = 1_800
const challengeIdBytes = 16

const noteName = 'SENT_CODE'
const note = z.strictObject({ id: z.string(), until: z.number() })
type SentChallenge = z.infer<typeof note>

/** What is sent, and where. */
export interface SentCodeChannel {
  readonly provider: Provider
  readonly kind: 'email' | 'link' | 'sms'
  /** Name of the event's mail: `SEND_EMAIL_CODE`. */
  readonly eventType: string
  /** @returns where the code goes; null for somebody who cannot get one */
  addressOf(context: Pick<StepContext, 'execution'>, user: User): string | null
  /** What an onlooker may see of it. */
  masked(address: string): string
  content(context: StepContext, user: User, sent: SentCode): MailContent
}

export interface SentCode {
  readonly address: string
  readonly challengeId: string
  readonly lifespanSeconds: number
}

export interface SentCodeDeps {
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
  readonly codes: SentCodes
  readonly credentials: Pick<Credentials, 'failures'>
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent'>
  readonly database: Database
  readonly clock: Clock
}

/**
 * Sends a code and asks for it. Beside any other step it is a second factor, behind a step that asks for the name alone the
 * first. A code counts for a few minutes, for a few guesses, and in the login that it was sent for.
 */
export function sentCodeStep(deps: SentCodeDeps, channel: SentCodeChannel): Step {
  return {
    id: channel.provider.id,
    provider: channel.provider,
    requiresUser: true,
    proves: true,
    displayNameKey: `${channel.provider.id}-display-name`,
    helpTextKey: `${channel.provider.id}-help-text`,
    async configuredFor(context, user) {
      return user !== null && channel.addressOf(context, user) !== null
    },
    async authenticate(context) {
      const { user, state } = context
      if (user === null) return { kind: 'attempted' }
      const sent = sentOf(context)
      if (sent !== null && state.notes[loginNotes.linkFollowed] === sent.id) {
        return passed(context, channel)
      }
      if (sent !== null && sent.until > deps.clock.now()) return asked(context, channel, user)
      return await send(deps, channel, context, user)
    },
    async action(context) {
      const { user, form } = context
      if (user === null) return { kind: 'attempted' }
      if (form.has('resend')) return await send(deps, channel, context, user)
      return await check(deps, channel, context, user)
    },
  }
}

async function send(
  deps: SentCodeDeps,
  channel: SentCodeChannel,
  context: StepContext,
  user: User,
): Promise<StepResult> {
  const { realm, client, execution, ipAddress } = context
  const address = channel.addressOf(context, user)
  if (address === null || (channel.kind !== 'sms' && !deps.mails.canSend(realm))) {
    return {
      kind: 'abort',
      error: 'email_send_failed',
      message: { key: 'emailSendErrorMessage' },
    }
  }
  const lifespanSeconds = lifespanOf(execution.config)
  const challengeId = randomBase64Url(challengeIdBytes)
  const content = channel.content(context, user, { address, challengeId, lifespanSeconds })
  const type = channel.eventType
  const event = { type, clientId: client.clientId, ipAddress, details: {} }
  const options = { event, keptMs: lifespanSeconds * 1000 }
  const within = await deps.database.transaction(
    async (tx) =>
      await deps.mails.askForStranger(tx, realm, content, { userId: user.id, address }, options),
  )
  if (!within) {
    const message = { kind: 'error', key: 'tooManyCodesMessage' } as const
    context.record(`${type}_ERROR`, {}, 'too_many_mails')
    return asked(context, channel, user, { message })
  }
  const until = deps.clock.now() + lifespanSeconds * 1000
  context.setNote(noteName, JSON.stringify({ id: challengeId, until } satisfies SentChallenge))
  return asked(context, channel, user)
}

async function check(
  deps: SentCodeDeps,
  channel: SentCodeChannel,
  context: StepContext,
  user: User,
): Promise<StepResult> {
  const { realm, form, ipAddress } = context
  const sent = sentOf(context)
  const typed = (form.get('code') ?? '').replaceAll(/\s/g, '')
  if (typed === '') return asked(context, channel, user)
  if (sent === null || sent.until <= deps.clock.now()) {
    return wrong(context, channel, user, 'expired_code', 'expiredSentCodeMessage')
  }
  if (!(await mayGuess(deps, sent))) {
    return wrong(context, channel, user, 'expired_code', 'expiredSentCodeMessage')
  }
  const attempt = { ip: ipAddress, secondary: true }
  const outcome = await deps.credentials.failures.guess(realm, user, attempt, () =>
    deps.codes.isRight(realm, sent.id, typed),
  )
  if (outcome === 'right') return passed(context, channel)
  return wrong(context, channel, user, guessError(outcome), 'invalidSentCodeMessage')
}

/** Counted in the database, so that no node and no old page gives a guess back. */
async function mayGuess({ singleUse }: SentCodeDeps, sent: SentChallenge): Promise<boolean> {
  for (let guess = 1; guess <= guessesMax; guess += 1) {
    if (await singleUse.putIfAbsent(`sent-code.${sent.id}.${guess}`, sent.until)) return true
  }
  return false
}

function passed(context: StepContext, channel: SentCodeChannel): StepResult {
  context.setNote(noteName, null)
  markUsed(context, channel.provider.id)
  return { kind: 'success' }
}

function asked(
  context: StepContext,
  channel: SentCodeChannel,
  user: User,
  notes: LoginPageNotes = {},
): StepResult {
  return { kind: 'challenge', page: page(context, channel, user, notes) }
}

function wrong(
  context: StepContext,
  channel: SentCodeChannel,
  user: User,
  error: string,
  key: string,
): StepResult {
  const notes = { fieldErrors: { code: { key } } }
  return { kind: 'failure', error, page: page(context, channel, user, notes) }
}

function page(context: StepContext, channel: SentCodeChannel, user: User, notes: LoginPageNotes) {
  const address = channel.masked(channel.addressOf(context, user) ?? '')
  return { page: 'sent-code', channel: channel.kind, address, ...notes } as const
}

function sentOf({ state }: StepContext): SentChallenge | null {
  const text = state.notes[noteName]
  return text === undefined ? null : note.parse(JSON.parse(text))
}

function lifespanOf(config: Readonly<Record<string, string>>): number {
  const seconds = Number(config['code-lifespan'] || lifespanSecondsDefault)
  if (!Number.isInteger(seconds) || seconds < 1) return lifespanSecondsDefault
  return Math.min(seconds, lifespanSecondsMax)
}
