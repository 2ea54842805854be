import { WebauthnRefusal } from './webauthn-refusal.ts'

/** What a browser posts after `navigator.credentials.create()`, each part in Base64url. */
export interface RegistrationAnswer {
  readonly clientDataJSON: string
  readonly attestationObject: string
  readonly transports: readonly string[]
  /** As the browser reports it: `platform`, `cross-platform`; empty where it does not. */
  readonly attachment: string
}

/** What a browser posts after `navigator.credentials.get()`, each part in Base64url. */
export interface AssertionAnswer {
  readonly keyId: string
  readonly clientDataJSON: string
  readonly authenticatorData: string
  readonly signature: string
}

/** Characters of one part: attestations with several certificates are the longest. */
const partLengthMax = 65_536
const transportsMax = 10
const transportShape = /^[a-z-]{1,32}$/

/** @returns what a form says of a new key; parts that are missing or are not Base64url make an answer that is refused */
export function registrationAnswerOf(form: URLSearchParams): RegistrationAnswer {
  const transports = (form.get('transports') ?? '').slice(0, partLengthMax).split(',')
  return {
    clientDataJSON: part(form, 'clientDataJSON'),
    attestationObject: part(form, 'attestationObject'),
    transports: transports.filter((one) => transportShape.test(one)).slice(0, transportsMax),
    attachment: form.get('authenticatorAttachment') ?? '',
  }
}

/** @returns what a form says of a login; undefined where a part is missing */
export function assertionAnswerOf(form: URLSearchParams): AssertionAnswer | undefined {
  const answer = {
    keyId: part(form, 'credentialId'),
    clientDataJSON: part(form, 'clientDataJSON'),
    authenticatorData: part(form, 'authenticatorData'),
    signature: part(form, 'signature'),
  }
  return Object.values(answer).every((value) => value !== '') ? answer : undefined
}

/**
 * @returns the value without the padding that some clients send
 * @throws WebauthnRefusal for what is longer than any authenticator says
 */
function part(form: URLSearchParams, name: string): string {
  const value = form.get(name)?.trim() ?? ''
  if (value.length > partLengthMax) throw new WebauthnRefusal(`${name} is too long`)
  return value.replace(/=+$/, '')
}
