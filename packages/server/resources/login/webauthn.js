/** Ceremonies of WebAuthn: asks the browser for what the form says in `data-webauthn`, and posts what it answers. */

const notSpecified = 'not specified'
/** Names the login in which a dialog that opened by itself was dismissed, so that it does not open again there. */
const dismissedKey = 'kc_passkey_modal_dismissed'

const bytesOf = (text) => {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
const fill = (values) => {
  for (const [id, value] of Object.entries(values)) document.getElementById(id).value = value
}
const keysOf = (ids) => ids.map((id) => ({ type: 'public-key', id: bytesOf(id) }))
const timeoutOf = ({ createTimeoutSeconds }) =>
  createTimeoutSeconds === 0 ? {} : { timeout: createTimeoutSeconds * 1000 }
const said = (name, value) => (value === notSpecified ? {} : { [name]: value })

/** A request that opened by itself must not stand in the way of the one that the user asks for. */
let pending
const nextSignal = () => {
  pending?.abort(new DOMException('Cancelling pending WebAuthn call', 'AbortError'))
  pending = new AbortController()
  return pending.signal
}

/** Signs in with a key. */
const assertion = document.getElementById('webauth')
if (assertion !== null) {
  const asked = JSON.parse(assertion.dataset.webauthn)
  const listed = Array.from(
    document.querySelectorAll('#authn_select [name=authn_use_chk]'),
    (input) => input.value,
  )
  const get = (allowed, mediation) =>
    navigator.credentials.get({
      publicKey: {
        rpId: asked.rpId,
        challenge: bytesOf(asked.challenge),
        allowCredentials: keysOf(allowed),
        ...timeoutOf(asked),
        ...said('userVerification', asked.userVerification),
      },
      signal: nextSignal(),
      ...(mediation === undefined ? {} : { mediation }),
    })
  const post = ({ id, response }) => {
    fill({
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      credentialId: id,
      ...(response.userHandle ? { userHandle: textOf(response.userHandle) } : {}),
    })
    const remember = document.getElementById('rememberMe')
    if (remember !== null) {
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name: 'rememberMe' })
      field.value = remember.checked ? 'on' : 'off'
      assertion.append(field)
    }
    assertion.requestSubmit()
  }
  const fail = (error) => {
    fill({ error: String(error) })
    assertion.requestSubmit()
  }
  document.getElementById('authenticateWebAuthnButton').addEventListener(
    'click',
    async (event) => {
      event.preventDefault()
      if (!window.PublicKeyCredential) return fail(asked.unsupported)
      try {
        post(await get(asked.isUserIdentified ? listed : []))
      } catch (error) {
        fail(error)
      }
    },
    { once: true },
  )

  /** What the browser offers by itself, beside a form; where it cannot, the button is there. */
  const offer = async () => {
    const { mediation, attachment, isUserIdentified } = asked
    const browser = window.PublicKeyCredential
    if (!browser || isUserIdentified || mediation === 'none') return
    if (
      attachment === 'platform' &&
      !(await browser.isUserVerifyingPlatformAuthenticatorAvailable())
    ) {
      return
    }
    const modal = mediation === 'optional' || mediation === 'required'
    if (mediation === 'conditional' && !(await browser.isConditionalMediationAvailable?.())) return
    const tab = new URLSearchParams(assertion.action.split('?')[1]).get('tab_id')
    if (modal && sessionStorage.getItem(dismissedKey) === tab) return
    try {
      const answer = await get([], mediation)
      if (answer) post(answer)
    } catch (error) {
      const dismissed = ['NotAllowedError', 'AbortError'].includes(error?.name)
      if (modal && dismissed) sessionStorage.setItem(dismissedKey, tab)
    }
  }
  if (assertion.hasAttribute('data-webauthn-offered')) void offer()
}

/** Registers a key. */
const registration = document.querySelector('#register[data-webauthn]')
if (registration !== null) {
  const asked = JSON.parse(registration.dataset.webauthn)
  const residentKey = () => {
    if (asked.residentKey !== notSpecified) {
      const { residentKey: wanted } = asked
      return { residentKey: wanted, requireResidentKey: wanted === 'required' }
    }
    if (asked.requireResidentKey === notSpecified) return {}
    return asked.requireResidentKey === 'Yes'
      ? { residentKey: 'required', requireResidentKey: true }
      : { residentKey: 'discouraged', requireResidentKey: false }
  }
  const create = () =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytesOf(asked.challenge),
        rp: { id: asked.rpId, name: asked.rpEntityName },
        user: { id: bytesOf(asked.userId), name: asked.username, displayName: asked.username },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: {
          ...said('authenticatorAttachment', asked.attachment),
          ...residentKey(),
          ...said('userVerification', asked.userVerification),
        },
        excludeCredentials: keysOf(asked.excludedKeyIds),
        ...said('attestation', asked.attestation),
        ...timeoutOf(asked),
      },
    })
  const post = ({ rawId, response, authenticatorAttachment }) => {
    fill({
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      publicKeyCredentialId: textOf(rawId),
      transports: response.getTransports?.().join() ?? '',
      authenticatorAttachment: authenticatorAttachment ?? '',
      authenticatorLabel:
        window.prompt(asked.labelPrompt, asked.initialLabel) ?? asked.initialLabel,
    })
    registration.requestSubmit()
  }
  const fail = (error) => {
    fill({ error: String(error) })
    registration.requestSubmit()
  }
  document.getElementById('registerWebAuthn').addEventListener(
    'click',
    async () => {
      if (!window.PublicKeyCredential) return fail(asked.unsupported)
      try {
        post(await create())
      } catch (error) {
        fail(error)
      }
    },
    { once: true },
  )
}
