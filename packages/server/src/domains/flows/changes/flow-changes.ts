import type { Database } from '../../../database/database.ts'
import type { AdminTrace } from '../../events/admin-event.ts'
import type { IdentityProviders } from '../../identity-providers/identity-providers.ts'
import type { Provider } from '../../providers/provider.ts'
import type { Providers } from '../../providers/providers.ts'
import { requireBoundedFlows } from '../../realms/bounded-flows.ts'
import { ModelError } from '../../realms/model-error.ts'
import type {
  AuthenticationExecution,
  AuthenticationFlow,
  AuthenticatorConfig,
  RealmSettings,
} from '../../realms/realm.ts'
import type { Realms } from '../../realms/realms.ts'
import type { RealmId } from '../../typed-ids.ts'
import { copiedFlow } from './copied-flow.ts'
import {
  byAlias,
  type Flows,
  flowRow,
  kindOf,
  moved,
  type NewFlow,
  nextPriority,
  renamed,
  replaced,
  requireByAlias,
  requireById,
  requireConfig,
  requireEditable,
  requireExecution,
  requireFreeAlias,
  requireFreeId,
  withChanged,
  withConfigById,
  withExecution,
} from './flow-edits.ts'
import { configOf, withOwnIds } from './flow-executions.ts'
import { requireUnusedFlow, withoutFlow } from './removed-flow.ts'
import { requireUsableConfig } from './require-usable-config.ts'

export interface FlowChangesDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'changeIn'>
  readonly identityProviders: Pick<IdentityProviders, 'summaries'>
  readonly providers: Providers
}

/** An execution of a new kind, or a flow inside a flow. */
export interface NewExecution {
  readonly id: string
  readonly authenticator?: string | undefined
  readonly requirement?: AuthenticationExecution['requirement'] | undefined
  readonly priority?: number | undefined
}

type Change = (settings: RealmSettings) => RealmSettings

const formFlow = 'form-flow'

/** Changes of a realm's flows, each in one transaction with its admin event. Built-in flows keep their executions. */
export class FlowChanges {
  readonly #deps: FlowChangesDeps

  constructor(deps: FlowChangesDeps) {
    this.#deps = deps
  }

  /** @throws ModelError `duplicate` for an alias that is taken */
  async create(realmId: RealmId, flow: NewFlow, trace: AdminTrace): Promise<void> {
    await this.#changeFlows(realmId, trace, (flows) => {
      requireFreeAlias(flows, flow.alias, `Flow ${flow.alias} already exists`)
      requireFreeId(flows, flow.id)
      return [...flows, flowRow(flow)]
    })
  }

  /** Copies a flow with the flows in it and their configurations. @throws ModelError `missing` or `duplicate` */
  async copy(realmId: RealmId, from: string, id: string, alias: string, trace: AdminTrace) {
    await this.#change(realmId, trace, (settings) => {
      const flow = requireByAlias(settings.authenticationFlows, from, 'Flow not found')
      requireFreeAlias(settings.authenticationFlows, alias, 'New flow alias name already exists')
      // One that was saved before there were bounds would be copied without an end.
      requireBoundedFlows(settings)
      return copiedFlow(settings, flow, { id, alias, topLevel: true })
    })
  }

  /** Names and describes a flow anew; what names it follows. @throws ModelError `missing` or `duplicate` */
  async update(
    realmId: RealmId,
    id: string,
    { alias, description }: { alias: string; description?: string | undefined },
    trace: AdminTrace,
  ): Promise<void> {
    await this.#change(realmId, trace, (settings) => {
      const flow = requireById(settings.authenticationFlows, id, 'Could not find flow with id')
      if (alias !== flow.alias) {
        requireFreeAlias(settings.authenticationFlows, alias, 'Flow alias name already exists')
      }
      const next = { ...flow, alias, ...(description === undefined ? {} : { description }) }
      return renamed(settings, flow.alias, next)
    })
  }

  /** Removes a flow with the flows in it. @throws ModelError `missing`, or `invalid` for one that is built in or used */
  async remove(realmId: RealmId, id: string, trace: AdminTrace): Promise<void> {
    const providers = await this.#deps.identityProviders.summaries(realmId)
    await this.#change(realmId, trace, (settings) => {
      const flow = requireById(settings.authenticationFlows, id, 'Flow not found')
      if (flow.builtIn) throw new ModelError('invalid', "Can't delete built in flow")
      requireUnusedFlow(settings, providers, flow.alias)
      return withoutFlow(settings, flow)
    })
  }

  /** Adds a step to a flow. @param parent finds it. @throws ModelError `invalid` */
  async addExecution(
    realmId: RealmId,
    parent: (flows: Flows) => AuthenticationFlow | undefined,
    { id, authenticator, requirement, priority }: NewExecution,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#changeFlows(realmId, trace, (flows) => {
      const flow = requireEditable(parent(flows), 'execution')
      requireFreeId(flows, id)
      const choices = this.#choicesOf(flow, authenticator)
      return withExecution(flows, flow, {
        id,
        ...(authenticator === undefined ? {} : { authenticator }),
        authenticatorFlow: false,
        requirement: requirement ?? (choices.includes('DISABLED') ? 'DISABLED' : 'REQUIRED'),
        priority: priority ?? nextPriority(flow),
        userSetupAllowed: false,
      })
    })
  }

  /** Makes a flow inside a flow. @throws ModelError `duplicate` or `invalid` */
  async addSubFlow(
    realmId: RealmId,
    parentAlias: string,
    flow: NewFlow,
    { id, authenticator, priority }: NewExecution,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#changeFlows(realmId, trace, (flows) => {
      const parent = requireEditable(byAlias(flows, parentAlias), 'sub-flow')
      requireFreeAlias(flows, flow.alias, 'New flow alias name already exists')
      const execution: AuthenticationExecution = {
        id,
        ...(flow.providerId === formFlow && authenticator !== undefined ? { authenticator } : {}),
        authenticatorFlow: true,
        flowAlias: flow.alias,
        requirement: 'DISABLED',
        priority: priority ?? nextPriority(parent),
        userSetupAllowed: false,
      }
      return withExecution([...flows, flowRow(flow)], parent, execution)
    })
  }

  /** @throws ModelError `missing` */
  async changeExecution(
    realmId: RealmId,
    id: string,
    change: Partial<Pick<AuthenticationExecution, 'priority' | 'requirement'>>,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#changeExecution(realmId, id, trace, (execution) => ({ ...execution, ...change }))
  }

  /** Changes places with the one before or behind. @throws ModelError `missing`, or `invalid` in a built-in flow */
  async moveExecution(
    realmId: RealmId,
    id: string,
    towards: 'first' | 'last',
    trace: AdminTrace,
  ): Promise<void> {
    await this.#changeFlows(realmId, trace, (flows, settings) => {
      const { parent } = requireExecution(settings, id)
      if (parent.builtIn) {
        throw new ModelError('invalid', 'It is illegal to modify execution in a built in flow')
      }
      const flow = withOwnIds(parent)
      return replaced(flows, { ...flow, authenticationExecutions: moved(flow, id, towards) })
    })
  }

  /** Removes a step, or a flow inside a flow. @throws ModelError `missing`, or `invalid` in a built-in flow */
  async removeExecution(realmId: RealmId, id: string, trace: AdminTrace): Promise<void> {
    await this.#change(realmId, trace, (settings) => {
      const { parent, execution } = requireExecution(settings, id)
      if (parent.builtIn) {
        throw new ModelError('invalid', 'It is illegal to remove execution from a built in flow')
      }
      const { authenticationExecutions, ...flow } = withOwnIds(parent)
      const left = authenticationExecutions.filter((each) => each.id !== id)
      const next = replaced(settings.authenticationFlows, {
        ...flow,
        authenticationExecutions: left,
      })
      const inner =
        execution.flowAlias === undefined ? undefined : byAlias(next, execution.flowAlias)
      const without = { ...settings, authenticationFlows: next }
      return inner && !inner.topLevel ? withoutFlow(without, inner) : without
    })
  }

  /**
   * Gives an execution a configuration of its own; without one, the configuration stands alone.
   * @throws ModelError `missing`, `invalid`
   */
  async addConfig(
    realmId: RealmId,
    executionId: string | null,
    config: AuthenticatorConfig,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#change(realmId, trace, (settings) => {
      const authenticatorConfig = [...settings.authenticatorConfig, config]
      if (executionId === null) {
        requireUsableConfig(config, [])
        return { ...settings, authenticatorConfig }
      }
      const placed = requireExecution(settings, executionId)
      requireUsableConfig(config, this.#providersOf([placed.execution]))
      const change = { ...placed.execution, authenticatorConfig: config.id }
      const authenticationFlows = withChanged(settings.authenticationFlows, placed, change)
      return { ...settings, authenticatorConfig, authenticationFlows }
    })
  }

  /** @throws ModelError `missing`, `invalid` */
  async changeConfig(
    realmId: RealmId,
    id: string,
    change: (present: AuthenticatorConfig) => AuthenticatorConfig,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#change(realmId, trace, (settings) => {
      const present = requireConfig(settings, id)
      const next = change(present)
      const executions = settings.authenticationFlows
        .flatMap(({ authenticationExecutions }) => authenticationExecutions)
        .filter(({ authenticatorConfig }) =>
          [present.id, present.alias].includes(authenticatorConfig ?? ''),
        )
      requireUsableConfig(next, this.#providersOf(executions))
      const authenticatorConfig = settings.authenticatorConfig.map((each) =>
        each === present ? next : each,
      )
      return { ...withConfigById(settings, present), authenticatorConfig }
    })
  }

  /** Executions that named it have none afterwards. @throws ModelError `missing` */
  async removeConfig(realmId: RealmId, id: string, trace: AdminTrace): Promise<void> {
    await this.#change(realmId, trace, (settings) => {
      const present = requireConfig(settings, id)
      const authenticationFlows = settings.authenticationFlows.map((flow) => ({
        ...flow,
        authenticationExecutions: flow.authenticationExecutions.map((execution) => {
          if (configOf(settings, execution) !== present) return execution
          const { authenticatorConfig: _, ...rest } = execution
          return rest
        }),
      }))
      const authenticatorConfig = settings.authenticatorConfig.filter((each) => each !== present)
      return { ...settings, authenticationFlows, authenticatorConfig }
    })
  }

  #choicesOf(flow: AuthenticationFlow, id: string | undefined) {
    const provider = id === undefined ? undefined : this.#deps.providers.find(kindOf(flow), id)
    if (!provider) {
      throw new ModelError('invalid', `No authentication provider found for id: ${id ?? null}`)
    }
    return provider.choices ?? ['DISABLED']
  }

  #providersOf(executions: readonly AuthenticationExecution[]): Provider[] {
    const ids = [...new Set(executions.flatMap(({ authenticator }) => authenticator ?? []))]
    const kinds = ['authenticator', 'form-action', 'form-authenticator'] as const
    return ids.flatMap((id) => kinds.flatMap((kind) => this.#deps.providers.find(kind, id) ?? []))
  }

  async #changeExecution(
    realmId: RealmId,
    id: string,
    trace: AdminTrace,
    change: (execution: AuthenticationExecution) => AuthenticationExecution,
  ): Promise<void> {
    await this.#changeFlows(realmId, trace, (flows, settings) => {
      const placed = requireExecution(settings, id)
      return withChanged(flows, placed, change(placed.execution))
    })
  }

  async #changeFlows(
    realmId: RealmId,
    trace: AdminTrace,
    change: (flows: Flows, settings: RealmSettings) => Flows,
  ): Promise<void> {
    await this.#change(realmId, trace, (settings) => {
      const authenticationFlows = change(settings.authenticationFlows, settings)
      return { ...settings, authenticationFlows }
    })
  }

  async #change(realmId: RealmId, trace: AdminTrace, change: Change): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.realms.changeIn(tx, realmId, (row) => {
        const settings = change(row.settings)
        requireBoundedFlows(settings)
        return { ...row, settings }
      })
      await trace(tx)
    })
  }
}
