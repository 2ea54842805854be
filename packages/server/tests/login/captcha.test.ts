import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { answerOf, type SmallRealm, SmallRealms } from './small-realm.ts'

const bea = {
  username: 'bea',
  email: 'bea@example.org',
  firstName: 'B',
  lastName: 'Ea',
  password: 'bea-Passw0rd',
  'password-confirm': 'bea-Passw0rd',
}

let realms: SmallRealms
let service: Server
let verdict: unknown
const asked: { url: string; body: string }[] = []
let number = 0

beforeAll(async () => {
  realms = await SmallRealms.start()
  service = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      asked.push({ url: request.url ?? '', body })
      response.statusCode = verdict === undefined ? 503 : 200
      response.end(JSON.stringify(verdict ?? {}))
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
})

beforeEach(() => {
  asked.length = 0
})

afterAll(async () => {
  service.close()
  await realms[Symbol.asyncDispose]()
})

/** A realm whose registration has a captcha of that kind. */
async function realmWith(
  provider: string,
  config: Readonly<Record<string, string>>,
): Promise<SmallRealm> {
  number += 1
  const realm = await realms.create(`captcha-${number}`, { registrationAllowed: true })
  await realm.send('/authentication/flows/registration/copy', 'POST', { newName: 'mine' })
  const form = encodeURIComponent('mine registration form')
  const executions = `/authentication/flows/${form}/executions`
  const list = async () =>
    (await realm.send(executions, 'GET')) as { id: string; providerId: string }[]
  if (!(await list()).some(({ providerId }) => providerId === provider)) {
    await realm.send(`${executions}/execution`, 'POST', { provider })
  }
  const execution = (await list()).find(({ providerId }) => providerId === provider)
  await realm.send(executions, 'PUT', { ...execution, requirement: 'REQUIRED' })
  const { port } = service.address() as AddressInfo
  await realm.send(`/authentication/executions/${execution?.id}/config`, 'POST', {
    alias: 'captcha',
    config: { 'site.key': 'site', 'verify.url': `http://127.0.0.1:${port}/verify`, ...config },
  })
  await realm.send('', 'PUT', { registrationFlow: 'mine' })
  return realm
}

async function register(
  realm: SmallRealm,
  answer: Readonly<Record<string, string>>,
): Promise<{ form: Page; end: Page }> {
  const browser = new Browser()
  const form = await browser.click(await realm.begin(browser), /login-actions\/registration/)
  const [, action = ''] = /<form id="kc-register-form" action="([^"]*)"/.exec(form.body) ?? []
  const end = await browser.post(action.replaceAll('&amp;', '&'), { ...bea, ...answer })
  return { form, end }
}

it('reCAPTCHA: nobody registers without its word', async () => {
  const realm = await realmWith('registration-recaptcha-action', { 'secret.key': 'secret' })
  verdict = { success: false }
  const refused = await register(realm, { 'g-recaptcha-response': 'robot' })
  expect(refused.form.body).toContain('data-sitekey="site"')
  expect(refused.form.body).toContain('src="https://www.google.com/recaptcha/api.js?hl=en"')
  expect(refused.end.text).toContain('Invalid Recaptcha')
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
    secret: 'secret',
    response: 'robot',
    remoteip: '127.0.0.1',
  })
  expect((await register(realm, {})).end.text).toContain('Invalid Recaptcha')
  verdict = undefined
  expect((await register(realm, { 'g-recaptcha-response': 'x' })).end.text).toContain(
    'Invalid Recaptcha',
  )
  verdict = { success: true }
  const { end } = await register(realm, { 'g-recaptcha-response': 'human' })
  expect(answerOf(end)).toHaveProperty('code')
})

it('reCAPTCHA v3 also has to name the action', async () => {
  const realm = await realmWith('registration-recaptcha-action', {
    'secret.key': 'secret',
    'recaptcha.v3': 'true',
    useRecaptchaNet: 'true',
    action: 'join',
  })
  verdict = { success: true, action: 'other' }
  const refused = await register(realm, { 'g-recaptcha-response': 'x' })
  expect(refused.form.body).toContain('data-callback="onSubmitRecaptcha" data-action="join"')
  expect(refused.form.body).toContain('https://www.recaptcha.net/recaptcha/api.js')
  expect(refused.end.text).toContain('Invalid Recaptcha')
  verdict = { success: true, action: 'join' }
  const { end } = await register(realm, { 'g-recaptcha-response': 'x' })
  expect(answerOf(end)).toHaveProperty('code')
})

it('reCAPTCHA Enterprise: a score below the threshold is not enough', async () => {
  const realm = await realmWith('registration-recaptcha-enterprise', {
    'api.key': 'key',
    'project.id': 'acme',
    'score.threshold': '0.6',
  })
  const assessed = (score: number, action = 'register', valid = true) => ({
    tokenProperties: { valid, action },
    riskAnalysis: { score },
  })
  for (const bad of [assessed(0.5), assessed(0.9, 'other'), assessed(0.9, 'register', false), {}]) {
    verdict = bad
    const { end } = await register(realm, { 'g-recaptcha-response': 'token' })
    expect(end.text).toContain('Invalid Recaptcha')
  }
  expect(asked[0]?.url).toBe('/verify?key=key')
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    event: { token: 'token', siteKey: 'site', expectedAction: 'register' },
  })
  verdict = assessed(0.7)
  const { end } = await register(realm, { 'g-recaptcha-response': 'token' })
  expect(answerOf(end)).toHaveProperty('code')
})

it('a captcha without keys lets nobody register', async () => {
  const realm = await realmWith('registration-recaptcha-action', {})
  const { end } = await register(realm, { 'g-recaptcha-response': 'x' })
  expect(end.text).toContain('Recaptcha is required, but not configured')
  expect(asked).toEqual([])
})
