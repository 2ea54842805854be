/** An answer of an authenticator that is not accepted. The message goes to events and, at registration, to the page. */
export class WebauthnRefusal extends Error {}

/** What the library says at the beginning of its messages, and Keycloak's sentence for the same. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/response challenge/, 'The actual challenge does not match the expected challenge'],
  [
    /response origin|top origin/,
    "The collectedClientData origin doesn't match any of the preconfigured origins.",
  ],
  [
    /^Unexpected (registration|authentication) response type/,
    'ClientData.type is not that of this ceremony.',
  ],
  [/RP ID/i, "rpIdHash doesn't match the hash of preconfigured rpId."],
  [
    /^User (verification was|verification) required/,
    'Verifier is configured to check user verified, but UV flag in authenticatorData is not set.',
  ],
  [
    /^User (presence was required|not present)/,
    'Verifier is configured to check user present, but UP flag in authenticatorData is not set.',
  ],
  [/^Unexpected public key alg/, 'alg not listed in options.pubKeyCredParams is used.'],
  [/^Response counter value/, 'Malicious counter value is detected.'],
]
const unreadable = 'The response of the authenticator cannot be read.'

/** @returns the refusal that stands for what the library has thrown: never its own words, which repeat what was sent */
export function refusalOf(error: unknown): WebauthnRefusal {
  if (error instanceof WebauthnRefusal) return error
  const message = error instanceof Error ? error.message : ''
  const known = sentences.find(([pattern]) => pattern.test(message))
  return new WebauthnRefusal(known?.[1] ?? unreadable, { cause: error })
}
