import type { Clock } from '../../../shared/clock.ts'
import type {
  ClientCall,
  ClientCallEvent,
  ClientChange,
  ClientChangeEvent,
  PolicyEffects,
  PolicyOccasion,
} from '../policy-occasion.ts'
import type { RuleConfiguration } from '../rule-configuration.ts'

export interface ExecutorDeps {
  readonly clock: Clock
  /** Posts JSON to an address of the outside. @returns the JSON that comes back @throws Error when there is none */
  readonly postJson: (url: string, body: unknown) => Promise<unknown>
  /** @returns whether an administrator's pattern matches all of a text */
  readonly matches: (source: string, text: string, realm: string) => Promise<boolean>
}

/** @throws ClientPolicyRefusal */
export type ExecutorRule<O extends PolicyOccasion> = (
  occasion: O,
  configuration: RuleConfiguration,
  deps: ExecutorDeps,
  effects: PolicyEffects,
) => void | Promise<void>

/** One thing that policies ask for: adding one is adding a file and a line in the registry. */
export interface PolicyExecutor {
  /** Keycloak's provider id. */
  readonly id: string
  readonly changes?: Readonly<Partial<Record<ClientChangeEvent, ExecutorRule<ClientChange>>>>
  readonly calls?: Readonly<Partial<Record<ClientCallEvent, ExecutorRule<ClientCall>>>>
  /** On every occasion. */
  readonly always?: ExecutorRule<PolicyOccasion>
}

/** @returns one rule for several occasions */
export function on<E extends string, R>(
  events: readonly E[],
  rule: R,
): Readonly<Partial<Record<E, R>>> {
  return Object.fromEntries(events.map((event) => [event, rule])) as Partial<Record<E, R>>
}

/** A client is made or changed. */
export const saved = ['REGISTER', 'UPDATE'] as const
