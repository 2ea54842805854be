import { expect, test } from 'vitest'
import { isPresent } from '../domains/providers/catalogue/features.ts'
import { featureChoice, featureKinds } from './feature-choice.ts'
import { loadConfiguration } from './sources.ts'

function load(...args: string[]) {
  return loadConfiguration(['start', ...args], { KC_HOME_DIR: '/nowhere' }).values
}

test('features are on by default, on request, or by their version', () => {
  expect(featureChoice(load()).has('DEVICE_FLOW')).toBe(true)
  expect(featureChoice(load()).has('DOCKER')).toBe(false)
  expect(featureChoice(load('--features=docker,admin-fine-grained-authz:v1')).has('DOCKER')).toBe(
    true,
  )
  expect(featureChoice(load('--feature-docker=enabled')).has('DOCKER')).toBe(true)
  expect(featureChoice(load('--features=preview')).has('SCRIPTS')).toBe(true)
})

test('what depends on a feature that is off is off too', () => {
  const on = featureChoice(load('--features-disabled=account-api'))
  expect([on.has('ACCOUNT_API'), on.has('ACCOUNT_V3')]).toEqual([false, false])
  expect(() =>
    featureChoice(load('--features=account', '--features-disabled=account-api')),
  ).toThrow('Feature account depends on disabled feature account-api')
})

test.each([
  [['--features=nope'], /^'nope' is an unrecognized feature\. Did you mean: /],
  [
    ['--features=token-exchange:v9'],
    /^Feature 'token-exchange' has an unrecognized feature version, it should be one of \[1\]$/,
  ],
  [['--features=par', '--features-disabled=par'], /^par is in both the enabled and disabled/],
])('%j stops the start as in Keycloak', (args, message) => {
  expect(() => featureChoice(load(...args))).toThrow(message)
})

test('what switching has no effect on is said', () => {
  const values = load('--features=authzen', '--features-disabled=dpop,par')
  featureChoice(values)
  expect(values.warnings).toEqual([
    'The feature authzen is not there yet: switching it on has no effect',
  ])
})

test('what nobody may do without stops the start', () => {
  expect(() => featureChoice(load('--features-disabled=hostname'))).toThrow(
    'Feature hostname cannot be disabled.',
  )
})

test('what can be switched is there, and so is what consoles show pages of', () => {
  const { absent, always, switched } = featureKinds()
  expect(new Set([...absent, ...always, ...switched]).size).toBe(
    absent.length + always.length + switched.length,
  )
  for (const name of [
    'ADMIN_FINE_GRAINED_AUTHZ_V2',
    'CLIENT_POLICIES',
    'IMPERSONATION',
    'PASSKEYS',
  ])
    expect(isPresent({ name })).toBe(true)
})
