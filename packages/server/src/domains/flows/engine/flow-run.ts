import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import { type ExecutionStatus, type LoginState, loginNotes } from '../login-state/login-state.ts'
import type { CredentialTypes } from './credential-types.ts'
import {
  type ExecutionNode,
  executionById,
  executionKey,
  type FlowChild,
  type FlowNode,
} from './flow-definition.ts'
import { FlowFailure } from './flow-failure.ts'
import { FlowFork } from './flow-fork.ts'
import type { LoginPage } from './login-page.ts'
import { AuthenticationSelection } from './selection.ts'
import type { Condition, Step, StepContext, StepResult } from './step.ts'

/** What a flow needs from its surroundings. */
export interface FlowRunDeps {
  readonly flow: FlowNode
  readonly steps: ReadonlyMap<string, Step>
  readonly conditions: ReadonlyMap<string, Condition>
  readonly state: LoginState
  readonly credentialTypes: CredentialTypes
  readonly isRequiredActionEnabled: (alias: string) => boolean
  readonly contextOf: (execution: ExecutionNode) => StepContext
  /** Who the login is about by now. */
  readonly userNow: () => User | null
  /** Type of the credential that the user has chosen last; null without a choice. */
  readonly lastMethodOf: (user: User) => string | null
}

/** What a step wants the browser to see or do next. */
export type Shown =
  | { readonly kind: 'page'; readonly page: LoginPage; readonly authenticate?: string }
  | { readonly kind: 'redirect'; readonly location: string }

/** What to show, with the execution that its form belongs to. */
export interface Challenge {
  readonly shows: Shown
  readonly execution: ExecutionNode
  /** Keycloak's error code of the wrong answer that led here. */
  readonly error?: string
  /** Of the event. */
  readonly details?: Readonly<Record<string, string>> | undefined
  readonly userId?: UserId | undefined
  /** Whether the user may choose another way. */
  readonly tryAnotherWay: boolean
}

/**
 * Runs a flow until a step shows a page or the flow is passed. Walks from the top each time: what is done is skipped, so
 * that nothing but the statuses in the state has to be remembered.
 *
 * At one level, REQUIRED and CONDITIONAL children come first and then ALTERNATIVE ones are ignored; of alternatives one is
 * enough. A conditional sub-flow takes part only if all its conditions match.
 */
export class FlowRun {
  readonly #deps: FlowRunDeps
  readonly #selection: AuthenticationSelection

  constructor(deps: FlowRunDeps) {
    this.#deps = deps
    this.#selection = new AuthenticationSelection({
      stepOf: (execution) => this.#stepOf(execution),
      isDone: (node) => this.#isDone(node),
      takesPart: (flow) => !this.#isUndecided(flow) && !this.#isLeftOut(flow),
      credentialTypes: deps.credentialTypes,
      lastMethodOf: deps.lastMethodOf,
    })
  }

  /** @returns the next page, or undefined when the flow is passed. @throws FlowFailure */
  async proceed(): Promise<Challenge | undefined> {
    const { flow } = this.#deps
    const challenge = await this.#runFlow(flow)
    if (challenge !== undefined) return challenge
    if (!this.#hasStatus(flow, 'success')) throw new FlowFailure('invalid_user_credentials')
    return undefined
  }

  /** Whether a step that proves who somebody is has been passed in this login. */
  hasProof(flow: FlowNode = this.#deps.flow): boolean {
    return flow.children.some((child) => {
      if (child.kind === 'flow') return this.hasProof(child)
      const step = this.#deps.steps.get(child.authenticator)
      return step?.proves === true && this.#hasStatus(child, 'success')
    })
  }

  /**
   * Takes the form of an execution and goes on.
   * @throws FlowFailure
   */
  async submit(executionId: string): Promise<Challenge | undefined> {
    const execution = executionById(this.#deps.flow, executionId)
    if (execution === undefined) throw new FlowFailure('expired_code')
    const context = this.#deps.contextOf(execution)
    const { form } = context
    if (form.has('tryAnotherWay')) return this.#choices(execution)
    const chosen = form.get('authenticationExecution')
    if (chosen !== null && chosen !== '') return this.#switchTo(execution, chosen)
    const step = this.#stepOf(execution)
    const challenge = await this.#settle(execution, await step.action(context))
    return challenge ?? this.proceed()
  }

  async #choices(execution: ExecutionNode): Promise<Challenge> {
    const options = await this.#selection.optionsFor(execution, this.#deps.userNow())
    const choices = options.flatMap((option) => {
      const { displayNameKey, helpTextKey } = this.#stepOf(option)
      if (displayNameKey === undefined || helpTextKey === undefined) return []
      return [{ executionId: option.id, displayNameKey, helpTextKey }]
    })
    return {
      shows: { kind: 'page', page: { page: 'select-authenticator', choices } },
      execution,
      tryAnotherWay: false,
    }
  }

  async #switchTo(from: ExecutionNode, wantedId: string): Promise<Challenge | undefined> {
    // The same again: the form of a page that says what went wrong.
    if (wantedId === from.id) return (await this.#runStep(from)) ?? this.proceed()
    const options = await this.#selection.optionsFor(from, this.#deps.userNow())
    const wanted = options.find(({ id }) => id === wantedId)
    if (wanted === undefined) throw new FlowFailure('invalid_user_credentials')
    const { credentialType } = this.#stepOf(wanted)
    if (credentialType !== undefined) {
      this.#deps.state.notes[loginNotes.chosenMethod] = credentialType
    }
    return (await this.#runStep(wanted)) ?? this.proceed()
  }

  async #runFlow(flow: FlowNode): Promise<Challenge | undefined> {
    const challenge = await this.#runChildren(flow)
    if (challenge !== undefined) {
      this.#setStatus(flow, 'challenged')
    } else {
      const passed = this.#isPassed(flow)
      this.#setStatus(flow, passed ? 'success' : 'failed')
      if (passed) this.#tellConditions(flow)
    }
    return challenge
  }

  async #runChildren(flow: FlowNode): Promise<Challenge | undefined> {
    const { required, alternatives } = this.#childrenOf(flow)
    for (const child of required) {
      if (!(await this.#takesPart(child))) continue
      const challenge = await this.#run(child)
      if (challenge !== undefined) return challenge
      if (!this.#isGood(child)) return undefined
    }
    if (required.length > 0 || alternatives.some((child) => this.#passedBefore(child))) {
      return undefined
    }
    let lastFailure: FlowFailure | undefined
    const begun = (child: FlowChild) => Number(this.#isBegun(child))
    for (const child of alternatives.toSorted((a, b) => begun(b) - begun(a))) {
      try {
        const challenge = await this.#run(child)
        if (challenge !== undefined) return challenge
        if (this.#isGood(child)) return undefined
      } catch (error) {
        // Another alternative may do: only a failure that closes the login ends it.
        if (!(error instanceof FlowFailure) || error.closed) throw error
        lastFailure = error
        this.#setStatus(child, 'attempted')
      }
    }
    if (lastFailure !== undefined && flow.parent === null) throw lastFailure
    return undefined
  }

  /** Something in it was passed, also where its page came from the way in front of it, because the user prefers it. */
  #isBegun(child: FlowChild): boolean {
    if (child.kind !== 'flow') return false
    return child.children.some((inner) => this.#isGood(inner) || this.#isBegun(inner))
  }

  #run(child: FlowChild): Promise<Challenge | undefined> {
    if (this.#isDone(child)) return Promise.resolve(undefined)
    return child.kind === 'flow' ? this.#runFlow(child) : this.#runPreferred(child)
  }

  /** Of several alternatives the one comes first whose credential the user prefers. */
  async #runPreferred(execution: ExecutionNode): Promise<Challenge | undefined> {
    if (this.#selection.isSole(execution)) return this.#runStep(execution)
    const options = await this.#selection.optionsFor(execution, this.#deps.userNow())
    const open = options.filter((option) => !this.#isDone(option))
    if (options.length > 0 && open.length === 0) return undefined
    return this.#runStep(open[0] ?? execution)
  }

  async #runStep(execution: ExecutionNode): Promise<Challenge | undefined> {
    const step = this.#stepOf(execution)
    const context = this.#deps.contextOf(execution)
    if (step.requiresUser && context.user === null) throw new FlowFailure('user_not_found')
    if (needsCredential(step, context.user) && !(await step.configuredFor(context, context.user))) {
      this.#requireSetup(step, execution, context)
      return undefined
    }
    return this.#settle(execution, await step.authenticate(context))
  }

  /** A missing credential of a required step is set up in this login, where the realm allows it. */
  #requireSetup(step: Step, execution: ExecutionNode, context: StepContext): void {
    const { setupAction } = step
    const allowed =
      setupAction !== undefined &&
      execution.requirement === 'REQUIRED' &&
      this.#deps.isRequiredActionEnabled(setupAction)
    if (!allowed) throw new FlowFailure('credential_setup_required')
    context.requireAction(setupAction)
    this.#setStatus(execution, 'setup')
  }

  async #settle(execution: ExecutionNode, result: StepResult): Promise<Challenge | undefined> {
    switch (result.kind) {
      case 'success':
        this.#setStatus(execution, 'success')
        return undefined
      case 'attempted':
        if (execution.requirement === 'REQUIRED') {
          throw new FlowFailure('invalid_user_credentials')
        }
        this.#setStatus(execution, 'attempted')
        return undefined
      case 'abort':
        throw new FlowFailure(result.error, { ...result, closed: true })
      case 'fork':
        throw new FlowFork(result.message, result.with)
      default: {
        this.#setStatus(execution, 'challenged')
        const user = this.#deps.userNow()
        const options = await this.#selection.optionsFor(execution, user)
        return {
          shows: shownOf(result),
          execution,
          tryAnotherWay: options.length > 1 && this.#stepOf(execution).onlyWay !== true,
          ...(result.kind === 'failure' ? eventOf(result) : {}),
        }
      }
    }
  }

  /** @returns the children that take part in the decision; conditions only guard the flow that they stand in */
  #childrenOf(flow: FlowNode): { required: FlowChild[]; alternatives: FlowChild[] } {
    const children = flow.children.filter((child) => !this.#isCondition(child))
    const required = children.filter(({ requirement }) => requirement !== 'ALTERNATIVE')
    const alternatives = children.filter(({ requirement }) => requirement === 'ALTERNATIVE')
    return { required, alternatives: required.length > 0 ? [] : alternatives }
  }

  async #takesPart(child: FlowChild): Promise<boolean> {
    if (child.kind !== 'flow' || child.requirement !== 'CONDITIONAL') return true
    if (this.#isDone(child)) return true
    const conditions = this.#conditionsOf(child)
    if (conditions.length === 0) return false
    for (const execution of conditions) {
      if (!(await this.#matches(execution, child))) return false
    }
    return true
  }

  /** Answered once in a login: a condition must not turn while somebody is in its sub-flow. */
  async #matches(execution: ExecutionNode, flow: FlowNode): Promise<boolean> {
    const { conditions: answers } = this.#deps.state
    const known = answers[executionKey(execution)]
    if (known !== undefined) return known
    const condition = this.#deps.conditions.get(execution.authenticator)
    if (condition === undefined) throw FlowFailure.unavailable(execution.authenticator)
    const answer = await condition.matches(this.#deps.contextOf(execution), flow, (other) =>
      this.#isConfigured(other),
    )
    answers[executionKey(execution)] = answer
    return answer
  }

  async #isConfigured(execution: ExecutionNode): Promise<boolean> {
    const context = this.#deps.contextOf(execution)
    const step = this.#stepOf(execution)
    if (step.requiresUser && context.user === null) return false
    return step.configuredFor(context, context.user)
  }

  #tellConditions(flow: FlowNode): void {
    for (const execution of this.#conditionsOf(flow)) {
      this.#deps.conditions.get(execution.authenticator)?.passed?.(this.#deps.contextOf(execution))
    }
  }

  #conditionsOf(flow: FlowNode): ExecutionNode[] {
    return flow.children.filter(
      (child): child is ExecutionNode => child.kind === 'execution' && this.#isCondition(child),
    )
  }

  /** Passed as its children are now; sub-flows are judged by their own children, since a step deep inside was just done. */
  #isPassed(flow: FlowNode): boolean {
    const { required, alternatives } = this.#childrenOf(flow)
    const inPlay = required.filter((child) => !this.#isLeftOut(child))
    if (required.length > 0) {
      return inPlay.length > 0 && inPlay.every((child) => this.#passedBefore(child))
    }
    return alternatives.some((child) => this.#passedBefore(child))
  }

  /** A conditional sub-flow whose conditions have not been asked yet. */
  #isUndecided(flow: FlowNode): boolean {
    if (flow.requirement !== 'CONDITIONAL') return false
    const { conditions: answers } = this.#deps.state
    return this.#conditionsOf(flow).some((one) => answers[executionKey(one)] === undefined)
  }

  #isLeftOut(child: FlowChild): boolean {
    if (child.kind !== 'flow' || child.requirement !== 'CONDITIONAL') return false
    const conditions = this.#conditionsOf(child)
    const { conditions: answers } = this.#deps.state
    return conditions.length === 0 || conditions.some((one) => answers[executionKey(one)] === false)
  }

  /** A way that was chosen on the page of methods counts before the ways in front of it are asked again. */
  #passedBefore(child: FlowChild): boolean {
    if (this.#isGood(child)) return true
    if (child.kind !== 'flow' || !this.#hasStatus(child, 'challenged')) return false
    if (!this.#isPassed(child)) return false
    this.#setStatus(child, 'success')
    this.#tellConditions(child)
    return true
  }

  #isCondition(child: FlowChild): boolean {
    return child.kind === 'execution' && child.authenticator.startsWith('conditional-')
  }

  #isGood(child: FlowChild): boolean {
    return this.#hasStatus(child, 'success') || this.#hasStatus(child, 'setup')
  }

  #isDone(child: FlowChild): boolean {
    return this.#isGood(child) || this.#hasStatus(child, 'attempted')
  }

  #hasStatus(child: FlowChild, status: ExecutionStatus): boolean {
    return this.#deps.state.executions[executionKey(child)] === status
  }

  #setStatus(child: FlowChild, status: ExecutionStatus): void {
    this.#deps.state.executions[executionKey(child)] = status
  }

  /** @throws FlowFailure, closed: a step that does not exist here is never skipped */
  #stepOf(execution: ExecutionNode): Step {
    const step = this.#deps.steps.get(execution.authenticator)
    if (step === undefined) throw FlowFailure.unavailable(execution.authenticator)
    return step
  }
}

/** A step that checks a credential asks only users who have one, also where it could find out by itself who it is. */
function needsCredential({ requiresUser, credentialType }: Step, user: User | null): boolean {
  return requiresUser || (user !== null && credentialType !== undefined)
}

/** What the event of a wrong answer says. */
function eventOf({ error, details, userId }: Extract<StepResult, { kind: 'failure' }>) {
  return { error, details, userId }
}

function shownOf(
  result: Extract<StepResult, { kind: 'challenge' | 'failure' | 'redirect' }>,
): Shown {
  switch (result.kind) {
    case 'redirect':
      return result
    case 'failure':
      return { kind: 'page', page: result.page }
    case 'challenge': {
      const { page, authenticate } = result
      return { kind: 'page', page, ...(authenticate === undefined ? {} : { authenticate }) }
    }
  }
}
