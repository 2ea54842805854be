import { authenticators, conditions } from './catalogue/authenticators.ts'
import { clientPolicyConditions } from './catalogue/client-policies.ts'
import { clientPolicyExecutors } from './catalogue/client-policy-executors.ts'
import { keyProviders, userStorage } from './catalogue/component-providers.ts'
import {
  clientAuthenticators,
  formActions,
  formAuthenticators,
} from './catalogue/form-providers.ts'
import {
  identityProviderMappers,
  identityProviders,
  socialProviders,
} from './catalogue/identity-providers.ts'
import { openidConnectMappers } from './catalogue/openid-connect-mappers.ts'
import { requiredActions } from './catalogue/required-actions.ts'
import { dockerMappers, samlMappers } from './catalogue/saml-mappers.ts'
import { validators, workflowSteps, workflows } from './catalogue/validators.ts'
import type { Provider } from './provider.ts'

/** Everything that a realm may name, by Keycloak's name of the kind. */
const catalogue = {
  authenticator: [...authenticators, ...conditions],
  'client-authenticator': clientAuthenticators,
  'client-policy-condition': clientPolicyConditions,
  'client-policy-executor': clientPolicyExecutors,
  'form-action': formActions,
  'form-authenticator': formAuthenticators,
  identity_provider: identityProviders,
  'identity-provider-mapper': identityProviderMappers,
  keys: keyProviders,
  'protocol-mapper': [...openidConnectMappers, ...samlMappers, ...dockerMappers],
  'required-action': requiredActions,
  social: socialProviders,
  storage: userStorage,
  validator: validators,
  workflow: workflows,
  'workflow-step': workflowSteps,
} as const satisfies Record<string, readonly Provider[]>

export type ProviderKind = keyof typeof catalogue

export const providerKinds = Object.keys(catalogue) as ProviderKind[]

/** Protocol mappers by their protocol. */
export const mappersByProtocol: Readonly<Record<string, readonly Provider[]>> = {
  'openid-connect': openidConnectMappers,
  saml: samlMappers,
  'docker-v2': dockerMappers,
}

/** What has code here, by kind. */
export type Acting = Partial<Readonly<Record<ProviderKind, Iterable<string>>>>

/**
 * What exists: each kind with its providers and their settings, and which of them act. All others are *configuration only*:
 * they are validated, stored, listed and exported, and what would need them at work is refused.
 */
export class Providers {
  readonly #all: ReadonlyMap<ProviderKind, readonly Provider[]>
  readonly #byId: ReadonlyMap<ProviderKind, ReadonlyMap<string, Provider>>
  readonly #acting: ReadonlyMap<ProviderKind, ReadonlySet<string>>

  /**
   * @param more what is not in the catalogue: steps that Keycloak lacks, and what only some features bring
   * @param absent ids of what there is not, since its feature is off
   * @throws Error for something that acts but is in no catalogue, which nobody could name
   */
  constructor(
    acting: Acting,
    more: Partial<Record<ProviderKind, readonly Provider[]>> = {},
    absent: ReadonlySet<string> = new Set(),
  ) {
    const isThere = ({ id }: Provider) => !absent.has(id)
    this.#all = new Map(
      providerKinds.map((kind) => [
        kind,
        [...catalogue[kind], ...(more[kind] ?? [])].filter(isThere),
      ]),
    )
    this.#byId = new Map(
      providerKinds.map((kind) => [kind, new Map(this.of(kind).map((one) => [one.id, one]))]),
    )
    this.#byId = new Map(
      providerKinds.map((kind) => [kind, new Map(this.of(kind).map((one) => [one.id, one]))]),
    )
    const there = (kind: ProviderKind) => [...(acting[kind] ?? [])].filter((id) => !absent.has(id))
    this.#acting = new Map(providerKinds.map((kind) => [kind, new Set(there(kind))]))
    for (const [kind, ids] of this.#acting) {
      for (const id of ids) {
        if (!this.find(kind, id)) throw new Error(`${kind} ${id} acts but is not in the catalogue`)
      }
    }
  }

  of(kind: ProviderKind): readonly Provider[] {
    return this.#all.get(kind) ?? []
  }

  find(kind: ProviderKind, id: string): Provider | undefined {
    return this.#byId.get(kind)?.get(id)
  }

  /** @returns whether it does what its name says; false = configuration only */
  acts(kind: ProviderKind, id: string): boolean {
    return this.#acting.get(kind)?.has(id) === true
  }

  /** @returns what is listed and stored but does nothing here, by kind */
  configurationOnly(): { readonly kind: ProviderKind; readonly provider: Provider }[] {
    return providerKinds.flatMap((kind) =>
      this.of(kind)
        .filter(({ id }) => !this.acts(kind, id))
        .map((provider) => ({ kind, provider })),
    )
  }
}
