import type { Client } from '../clients/client.ts'
import type { KnownCertificate } from '../credentials/x509/known-certificate.ts'
import type { Realm } from '../realms/realm.ts'
import type { User } from '../users/user.ts'
import { CredentialTypes } from './engine/credential-types.ts'
import { BrokenFlow, type FlowNode, flowOf } from './engine/flow-definition.ts'
import { FlowFailure } from './engine/flow-failure.ts'
import { type Challenge, FlowRun } from './engine/flow-run.ts'
import { LoginContext } from './engine/login-context.ts'
import type { LoginPage } from './engine/login-page.ts'
import type { Condition, SignedIn, Step, StepContext } from './engine/step.ts'
import { boundFlow, type FlowPurpose } from './flow-purpose.ts'
import { type LoginState, loginNotes } from './login-state/login-state.ts'
import { formActionsOf } from './steps/registration/form-actions.ts'
import { conditionsOf, type StepsDeps, stepsOf } from './steps/registry.ts'

/** One request of a login. */
export interface FlowRequest {
  readonly realm: Realm
  readonly client: Client
  /** Changed by the run. */
  readonly state: LoginState
  readonly form: URLSearchParams
  readonly ipAddress: string
  /** Where the browser sees this server. */
  readonly serverUrl: string
  /** Lines `Name: value` of the request's head. */
  readonly headers: readonly string[]
  readonly signedIn: SignedIn | null
  readonly rememberedUsername: string | null
  /** The certificate that the browser's or client's connection has shown. */
  readonly certificate: () => KnownCertificate | undefined
  /** For every event of this request from here on. */
  readonly addDetails: (details: Readonly<Record<string, string>>) => void
  /** Type of the credential that a user has chosen last in this browser; null without a choice. */
  readonly lastMethodOf: (user: User) => string | null
  /** Records what a step tells of. */
  readonly record: StepContext['record']
  readonly mailLink: StepContext['mailLink']
  /** Execution whose form was posted; null when the flow is only looked at. */
  readonly submitted: string | null
}

export interface FlowOutcome {
  /** The page to show; undefined when the flow is passed. */
  readonly challenge: Challenge | undefined
  readonly user: User | null
  /** Message that an earlier step left for the page. */
  readonly message: LoginPage['message']
}

/** Runs the flows of realms, as the realm (or a client that overrides it) defines them. */
export class LoginFlows {
  readonly #deps: StepsDeps
  readonly #steps: ReadonlyMap<string, Step>
  readonly #conditions: ReadonlyMap<string, Condition>
  readonly #formActions: ReadonlyMap<string, unknown>
  /** Trees of flows by alias or id, kept for as long as the snapshot of their realm. */
  readonly #definitions = new WeakMap<Realm, Map<string, FlowNode>>()

  /** @param absent ids of steps and conditions that there are not, since their feature is off */
  constructor(deps: StepsDeps, absent: ReadonlySet<string> = new Set()) {
    const there = <T>(all: ReadonlyMap<string, T>) =>
      new Map([...all].filter(([id]) => !absent.has(id)))
    this.#deps = deps
    this.#steps = there(stepsOf(deps))
    this.#conditions = there(conditionsOf(deps))
    this.#formActions = formActionsOf(deps)
  }

  /**
   * Runs the flow that the realm has bound to the purpose of the login.
   * @throws FlowFailure; HashingQueueFull
   */
  run(request: FlowRequest): Promise<FlowOutcome> {
    const { realm, client, state } = request
    const alias = state.notes[loginNotes.flowAlias] ?? boundFlow(realm, client, state.purpose)
    if (!alias) throw FlowFailure.unavailable(`a flow for ${state.purpose}`)
    return this.#run(request, alias)
  }

  /** @returns whether the realm has a flow for the purpose of which this server has every step */
  has(realm: Realm, client: Client, purpose: FlowPurpose): boolean {
    const alias = boundFlow(realm, client, purpose)
    if (!alias) return false
    try {
      return this.#isComplete(this.#definitionOf(realm, alias))
    } catch (error) {
      if (error instanceof FlowFailure) return false
      throw error
    }
  }

  #knows(provider: string): boolean {
    return this.#steps.has(provider) || this.#conditions.has(provider)
  }

  #isComplete(flow: FlowNode): boolean {
    return flow.children.every((child) =>
      child.kind === 'flow'
        ? this.#isComplete(child)
        : this.#knows(child.authenticator) &&
          child.form.every(({ authenticator }) => this.#formActions.has(authenticator)),
    )
  }

  async #run(request: FlowRequest, alias: string): Promise<FlowOutcome> {
    const { realm, state } = request
    const flow = this.#definitionOf(realm, alias)
    const user = state.userId === null ? null : await this.#deps.users.byId(realm.id, state.userId)
    const credentialTypes = new CredentialTypes((id) => this.#deps.credentials.typesOf(id))
    const context = new LoginContext({ ...request, flow, user, credentialTypes })
    const run = new FlowRun({
      flow,
      state,
      steps: this.#steps,
      conditions: this.#conditions,
      credentialTypes,
      isRequiredActionEnabled: (wanted) =>
        realm.settings.requiredActions.some(
          ({ alias: name, enabled }) => name === wanted && enabled,
        ),
      contextOf: (execution) => context.of(execution),
      userNow: () => context.user,
      lastMethodOf: request.lastMethodOf,
    })
    // What travels with a browser says nothing of proofs: they are in rows only.
    if (!state.proved && run.hasProof()) throw new FlowFailure('expired_code')
    const challenge =
      request.submitted === null ? await run.proceed() : await run.submit(request.submitted)
    if (challenge === undefined && context.user === null) throw new FlowFailure('user_not_found')
    return { challenge, user: context.user, message: context.message }
  }

  /** Aliases come from the realm and its clients, so that no more trees are kept than they name. */
  #definitionOf(realm: Realm, alias: string): FlowNode {
    const kept = this.#definitions.get(realm) ?? new Map<string, FlowNode>()
    this.#definitions.set(realm, kept)
    const definition = kept.get(alias) ?? definitionOf(realm, alias)
    kept.set(alias, definition)
    return definition
  }
}

function definitionOf(realm: Realm, alias: string): FlowNode {
  try {
    return flowOf(realm, alias)
  } catch (error) {
    if (!(error instanceof BrokenFlow)) throw error
    throw FlowFailure.unavailable(error.message)
  }
}
