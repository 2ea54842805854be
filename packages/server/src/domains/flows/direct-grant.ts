import type { Clock } from '../../shared/clock.ts'
import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserId } from '../typed-ids.ts'
import type { User } from '../users/user.ts'
import { plainRequest } from './engine/client-request.ts'
import { FlowFailure } from './engine/flow-failure.ts'
import { currentLoa } from './engine/loa.ts'
import type { FlowRequest, LoginFlows } from './login-flows.ts'
import { newLoginState } from './login-state/new-login-state.ts'
import type { RequiredActions } from './required-actions/required-actions.ts'

export interface DirectGrantDeps {
  readonly flows: LoginFlows
  readonly requiredActions: Pick<RequiredActions, 'next'>
  readonly clock: Clock
}

export type DirectGrantOutcome =
  | { readonly outcome: 'authenticated'; readonly user: User; readonly loa: number }
  | {
      readonly outcome: 'refused'
      readonly status: 400 | 401
      /** OAuth error and description, as Keycloak words them. */
      readonly error: string
      readonly description: string
      /** Keycloak's error code for the event LOGIN_ERROR. */
      readonly eventError: string
      /** Known when the name was right. */
      readonly userId: UserId | null
    }

/** The password grant (RFC 6749 §4.3): runs the realm's direct grant flow on the request's parameters. */
export class DirectGrant {
  readonly #deps: DirectGrantDeps

  constructor(deps: DirectGrantDeps) {
    this.#deps = deps
  }

  /**
   * @param form parameters of the token request: `username`, `password`, `totp` or `otp`
   * @param purpose which of the realm's flows runs
   * @throws HashingQueueFull
   */
  async authenticate(
    realm: Realm,
    client: Client,
    form: URLSearchParams,
    from: Pick<FlowRequest, 'ipAddress' | 'serverUrl' | 'certificate'>,
    purpose: 'direct-grant' | 'docker' = 'direct-grant',
  ): Promise<DirectGrantOutcome> {
    const request = { ...plainRequest, scope: form.get('scope') ?? '' }
    const state = newLoginState(realm, client, request, this.#deps.clock.now(), {
      purpose,
    })
    try {
      const { challenge, user } = await this.#deps.flows.run({
        realm,
        client,
        state,
        form,
        ...from,
        headers: [],
        signedIn: null,
        rememberedUsername: null,
        submitted: null,
        record: () => undefined,
        addDetails: () => undefined,
        lastMethodOf: () => null,
        mailLink: () => undefined,
      })
      if (challenge !== undefined || user === null) {
        return refused('invalid_user_credentials', state.userId)
      }
      if (!user.enabled) return refused('user_disabled', user.id)
      const pending = await this.#deps.requiredActions.next({ realm, client, user, state })
      // Also one that the realm has switched off or that nobody knows: whoever put it there wanted it done first.
      const due = [...user.requiredActions, ...state.requiredActions]
      if (pending !== null || due.length > 0) {
        return refused('resolve_required_actions', user.id)
      }
      return { outcome: 'authenticated', user, loa: currentLoa(state) }
    } catch (error) {
      if (!(error instanceof FlowFailure)) throw error
      return refused(error.error, state.userId, error.description)
    }
  }
}

/** Texts of Keycloak by event error; whatever else is wrong sounds like a wrong password. */
function refused(
  eventError: string,
  userId: UserId | null,
  description?: string,
): DirectGrantOutcome {
  const common = { outcome: 'refused', eventError, userId } as const
  if (description !== undefined) {
    return { ...common, status: 401, error: 'invalid_request', description }
  }
  switch (eventError) {
    case 'missing_username':
      return {
        ...common,
        eventError: 'user_not_found',
        status: 401,
        error: 'invalid_request',
        description: 'Missing parameter: username',
      }
    // Keycloak sends its page here, which no client of a grant reads.
    case 'generic_authentication_error':
      return {
        ...common,
        status: 400,
        error: 'invalid_grant',
        description: 'There are too many sessions',
      }
    case 'user_disabled':
      return { ...common, status: 400, error: 'invalid_grant', description: 'Account disabled' }
    case 'resolve_required_actions':
    case 'credential_setup_required':
      return {
        ...common,
        status: 400,
        error: 'invalid_grant',
        description: 'Account is not fully set up',
      }
    default:
      return {
        ...common,
        status: 400,
        error: 'invalid_grant',
        description: 'Invalid user credentials',
      }
  }
}
