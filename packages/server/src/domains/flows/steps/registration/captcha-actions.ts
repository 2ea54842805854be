import type { StepContext } from '../../engine/step.ts'
import type { FormAction, FormExecution } from './form-action.ts'

/** Longest answer of the browser's script, in characters, that is passed on. */
const answerCharactersMax = 8_192
const scoreThresholdDefault = 0.7

/** What asks the service that judges; bounded in time and size. */
export interface CaptchaRequests {
  exchange(url: string, body: Buffer, contentType: string): Promise<Buffer>
  askJson(url: string, body: unknown): Promise<string>
}

export interface CaptchaDeps {
  readonly captchaRequests: CaptchaRequests
  /** Opens a secret that the vault keeps. */
  readonly secretOf: (realm: string, value: string) => Promise<string>
}

type Config = FormExecution['config']
type Verdict = (context: StepContext, config: Config, answer: string) => Promise<boolean>

/** The parts of the registration form that have a service judge whether a human fills it in. Without its word nobody registers. */
export function captchaActions(deps: CaptchaDeps): readonly FormAction[] {
  return [
    captcha(
      'registration-recaptcha-action',
      'secret.key',
      'api.js',
      async (context, config, answer) => {
        const form = new URLSearchParams({
          secret: await deps.secretOf(context.realm.name, config['secret.key'] ?? ''),
          response: answer,
          remoteip: context.ipAddress,
        })
        const url = config['verify.url'] || `${siteOf(config)}/recaptcha/api/siteverify`
        const type = 'application/x-www-form-urlencoded'
        const body = await deps.captchaRequests.exchange(url, Buffer.from(form.toString()), type)
        const verdict = JSON.parse(body.toString()) as { success?: unknown; action?: unknown }
        if (verdict.success !== true) return false
        return !isInvisible(config) || verdict.action === actionOf(config)
      },
    ),
    captcha(
      'registration-recaptcha-enterprise',
      'api.key',
      'enterprise.js',
      async (context, config, token) => {
        const key = await deps.secretOf(context.realm.name, config['api.key'] ?? '')
        const project = encodeURIComponent(config['project.id'] ?? '')
        const root =
          config['verify.url'] ||
          `https://recaptchaenterprise.googleapis.com/v1/projects/${project}/assessments`
        const expectedAction = actionOf(config)
        const event = { token, siteKey: config['site.key'] ?? '', expectedAction }
        const url = `${root}?${new URLSearchParams({ key })}`
        const text = await deps.captchaRequests.askJson(url, { event })
        const { tokenProperties, riskAnalysis } = JSON.parse(text) as Assessment
        const score = Number(riskAnalysis?.score ?? 0)
        return (
          tokenProperties?.valid === true &&
          tokenProperties.action === expectedAction &&
          score >= thresholdOf(config)
        )
      },
    ),
  ]
}

interface Assessment {
  readonly tokenProperties?: { readonly valid?: unknown; readonly action?: unknown }
  readonly riskAnalysis?: { readonly score?: unknown }
}

function captcha(id: string, secret: string, script: string, verdict: Verdict): FormAction {
  return {
    id,
    showsBy: ({ config }) =>
      isConfigured(config, secret)
        ? {
            captcha: {
              siteKey: config['site.key'] ?? '',
              scriptUrl: `${siteOf(config)}/recaptcha/${script}`,
              invisible: isInvisible(config),
              action: actionOf(config),
            },
          }
        : {},
    async check(context, draft, { config }) {
      // Each answer counts once: it is not used up for a form that is refused anyway.
      if (Object.keys(draft.errors).length > 0) return
      if (!isConfigured(config, secret)) {
        draft.errors['captcha'] = { key: 'recaptchaNotConfigured' }
        return
      }
      const answer = context.form.get('g-recaptcha-response') ?? ''
      if (await isHuman(verdict, context, config, answer)) return
      draft.errors['captcha'] = { key: 'recaptchaFailed' }
    },
  }
}

/** A service that cannot be asked has not said yes. */
async function isHuman(
  verdict: Verdict,
  context: StepContext,
  config: Config,
  answer: string,
): Promise<boolean> {
  if (answer === '' || answer.length > answerCharactersMax) return false
  try {
    return await verdict(context, config, answer)
  } catch {
    return false
  }
}

function isConfigured(config: Config, secret: string): boolean {
  return Boolean(config['site.key'] && config[secret])
}

function isInvisible(config: Config): boolean {
  return config['recaptcha.v3'] === 'true'
}

function actionOf(config: Config): string {
  return config['action'] || 'register'
}

function siteOf(config: Config): string {
  return config['useRecaptchaNet'] === 'true'
    ? 'https://www.recaptcha.net'
    : 'https://www.google.com'
}

function thresholdOf(config: Config): number {
  const threshold = Number(config['score.threshold'] || scoreThresholdDefault)
  return threshold >= 0 && threshold <= 1 ? threshold : scoreThresholdDefault
}
