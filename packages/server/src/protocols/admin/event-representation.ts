import type { AdminEvent } from '../../domains/events/admin-event.ts'

type Members = Record<string, unknown>

/** Members that Keycloak's classes always write, by the type of resource: nobody has to send them. */
const alwaysThere: Readonly<Record<string, Members>> = {
  AUTHORIZATION_POLICY: { logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS' },
  CLIENT_ROLE: { composite: false },
  CLIENT_ROLE_MAPPING: { composite: false },
  CLIENT_SCOPE_MAPPING: { composite: false },
  GROUP: { subGroups: [] },
  IDENTITY_PROVIDER: { enabled: true },
  ORGANIZATION: { enabled: true },
  ORGANIZATION_GROUP: { subGroups: [] },
  PROTOCOL_MAPPER: { consentRequired: false },
  REALM_ROLE: { composite: false },
  REALM_ROLE_MAPPING: { composite: false },
  REALM_SCOPE_MAPPING: { composite: false },
}

/** The same for the elements of their lists. */
const inLists: Readonly<Record<string, Readonly<Record<string, Members>>>> = {
  AUTHORIZATION_POLICY: { roles: { required: false } },
  ORGANIZATION: { domains: { verified: false } },
}

/** @returns what was sent, as an event of Keycloak writes it: with what its classes add, without credentials */
export function eventRepresentation({
  resourceType,
  representation,
}: Pick<AdminEvent, 'representation' | 'resourceType'>): unknown {
  const added = alwaysThere[resourceType] ?? {}
  const listed = inLists[resourceType] ?? {}
  const complete = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(complete)
    if (value === null || typeof value !== 'object') return value
    const { credentials: _, ...members } = value as Members
    const filled = Object.entries(listed).flatMap(([name, missing]) =>
      Array.isArray(members[name]) ? [[name, filledEach(members[name], missing)]] : [],
    )
    return { ...added, ...members, ...Object.fromEntries(filled) }
  }
  return complete(representation)
}

function filledEach(elements: readonly unknown[], missing: Members): unknown[] {
  return elements.map((element) =>
    element !== null && typeof element === 'object' ? { ...missing, ...element } : element,
  )
}
