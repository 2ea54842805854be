import type { ClientRepresentation } from '../../clients/client.ts'
import { isClientChange, type PolicyOccasion } from '../policy-occasion.ts'
import { textOf, textsOf } from '../rule-configuration.ts'
import { type PolicyCondition, voteOf } from './condition.ts'

/** What the client is and has. Of a client that is being made nothing is known but what is proposed. */
export const clientConditions: Readonly<Record<string, PolicyCondition>> = {
  'any-client': () => 'yes',
  'client-access-type': (occasion, configuration) => {
    const { publicClient, bearerOnly } = describedBy(occasion)
    const type = publicClient ? 'public' : bearerOnly ? 'bearer-only' : 'confidential'
    return voteOf(textsOf(configuration, 'type').includes(type))
  },
  'client-type': (occasion, configuration) => {
    const { protocol = 'openid-connect' } = describedBy(occasion)
    return voteOf(textOf(configuration, 'protocol') === protocol)
  },
  'client-roles': async ({ realm, client }, configuration, { roles }) => {
    if (client === null) return 'abstain'
    const wanted = textsOf(configuration, 'roles')
    const own = await roles.ofClient(realm.id, client.id)
    return voteOf(own.some(({ name }) => wanted.includes(name)))
  },
  'client-attributes': ({ client }, configuration) => {
    if (client === null) return 'abstain'
    const { attributes = {} } = client.representation
    const wanted = pairsOf(configuration['attributes'])
    if (wanted.size === 0) return 'no'
    return voteOf(
      [...wanted].every(
        ([key, values]) => key !== '' && values.length === 1 && attributes[key] === values[0],
      ),
    )
  },
  'client-scopes': (occasion, configuration) => {
    if (isClientChange(occasion) || occasion.scope === undefined) return 'abstain'
    const { defaultClientScopes = [], optionalClientScopes = [] } = occasion.client.representation
    const asked = occasion.scope.split(' ')
    const optional = optionalClientScopes.filter((name) => asked.includes(name))
    const type = textOf(configuration, 'type') ?? 'Optional'
    const found = [
      ...(type === 'Optional' ? [] : defaultClientScopes),
      ...(type === 'Default' ? [] : optional),
    ]
    return voteOf(textsOf(configuration, 'scopes').some((name) => found.includes(name)))
  },
}

/** A client that exists is known by what it is, whatever somebody wants to make of it. */
function describedBy(occasion: PolicyOccasion): Readonly<ClientRepresentation> {
  return occasion.client?.representation ?? (isClientChange(occasion) ? occasion.proposed : {})
}

/** Keycloak keeps a map with several values as JSON: `[{"key":"a","value":"b"}]`. */
function pairsOf(value: unknown): Map<string, string[]> {
  const pairs = new Map<string, string[]>()
  let list: unknown = value
  if (typeof value === 'string') {
    try {
      list = JSON.parse(value)
    } catch {
      return pairs
    }
  }
  for (const entry of Array.isArray(list) ? list : []) {
    const { key, value: text } = (entry ?? {}) as { key?: unknown; value?: unknown }
    const name = String(key ?? '')
    pairs.set(name, [...(pairs.get(name) ?? []), String(text ?? '')])
  }
  return pairs
}
