import type { Client } from '../../../domains/clients/client.ts'
import { type ClientRequest, noLoa } from '../../../domains/flows/engine/client-request.ts'
import { acrLevels } from '../../../domains/tokens/authentication-level.ts'
import { type AuthorizationRequest, parameterOf } from './authorization-request.ts'
import { InvalidRequestPage } from './request-page-error.ts'

type Wishes = Pick<
  ClientRequest,
  'prompt' | 'maxAge' | 'loginHint' | 'uiLocales' | 'requestedLoa' | 'loaForced' | 'kcAction'
>

const prompts = ['none', 'login', 'consent', 'select_account', 'create']

/**
 * Reads how the user is to sign in. Unknown prompts and unreadable claims count as left out, as in Keycloak.
 * @throws InvalidRequestPage for a `max_age` that is no number, or an essential level that nobody can reach
 */
export function authenticationRequestOf(request: AuthorizationRequest): Wishes {
  const { requestedLoa, loaForced } = levelOf(request)
  const promptText = parameterOf(request, 'prompt') ?? ''
  return {
    prompt: promptText.split(' ').filter((value) => prompts.includes(value)),
    maxAge: maxAgeOf(request),
    loginHint: parameterOf(request, 'login_hint') ?? null,
    uiLocales: parameterOf(request, 'ui_locales') ?? null,
    requestedLoa,
    loaForced,
    kcAction: parameterOf(request, 'kc_action') ?? null,
  }
}

function maxAgeOf(request: AuthorizationRequest): number | null {
  const text = parameterOf(request, 'max_age')
  if (text === undefined) {
    const byDefault = Number(request.client.representation.attributes?.['default.max.age'])
    return Number.isInteger(byDefault) && byDefault > 0 ? byDefault : null
  }
  if (!/^-?\d{1,10}$/.test(text)) throw new InvalidRequestPage('invalidRequestMessage')
  return Number(text)
}

/** The lowest of the levels asked for: essential ones of `claims`, else `acr_values`, else the client's default. */
function levelOf(request: AuthorizationRequest): Pick<Wishes, 'requestedLoa' | 'loaForced'> {
  const { realm, client } = request
  const levels = acrLevels(realm, client)
  const claim = acrClaim(parameterOf(request, 'claims'))
  const essential = claim.essential && claim.values.length > 0
  const byDefault = client.representation.attributes?.['default.acr.values']?.split('##') ?? []
  const voluntary = [...claim.values, ...(parameterOf(request, 'acr_values')?.split(' ') ?? [])]
  const wanted = essential ? claim.values : voluntary.length > 0 ? voluntary : byDefault
  const requested = wanted.filter(Boolean).map((acr) => {
    const level = levels.get(acr) ?? (/^\d{1,4}$/.test(acr) ? Number(acr) : undefined)
    if (level !== undefined) return level
    // OpenID Connect Core §5.5.1.1: an essential level that is not known cannot be met.
    if (essential) throw new InvalidRequestPage('invalidParameterMessage', ['claims'])
    return 0
  })
  // The administrator's minimum counts also for who asks for less, or for nothing.
  const minimum = minimumLevel(client, levels)
  if (requested.length === 0) return { requestedLoa: minimum, loaForced: false }
  return { requestedLoa: Math.max(Math.min(...requested), minimum), loaForced: essential }
}

/** @returns the level below which the client lets nobody in; `noLoa` where it does not say */
function minimumLevel(client: Client, levels: ReadonlyMap<string, number>): number {
  const name = client.representation.attributes?.['minimum.acr.value'] ?? ''
  const level = levels.get(name) ?? (/^\d{1,4}$/.test(name) ? Number(name) : noLoa)
  return Number.isInteger(level) ? level : noLoa
}

function acrClaim(claims: string | undefined): { essential: boolean; values: string[] } {
  const none = { essential: false, values: [] }
  if (claims === undefined) return none
  try {
    const wishes = JSON.parse(claims) as {
      id_token?: { acr?: { essential?: unknown; value?: unknown; values?: unknown } | null }
    } | null
    const acr = wishes?.id_token?.acr
    if (acr === undefined || acr === null) return none
    const values = Array.isArray(acr.values) ? acr.values : [acr.value]
    return {
      essential: acr.essential === true,
      values: values.filter((value): value is string => typeof value === 'string'),
    }
  } catch {
    return none
  }
}
