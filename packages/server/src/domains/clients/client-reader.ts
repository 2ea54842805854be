import { mapperOf } from '../realms/protocol-mapper-schema.ts'
import type { ClientId } from '../typed-ids.ts'
import type { ClientRepresentation } from './client.ts'
import type { ClientBody } from './client-schema.ts'

/** What a representation says of a client. */
export interface GivenClient {
  readonly id?: string | undefined
  readonly clientId?: ClientId | undefined
  readonly enabled?: boolean | undefined
  /** Without members that are left out. An attribute with an empty text is to be taken away. */
  readonly members: ClientRepresentation
}

/** @param newId for mappers that come without one */
export function readClient(body: Partial<ClientBody>, newId: () => string): GivenClient {
  const { id, clientId, enabled, protocolMappers, ...rest } = body
  const { attributes, authenticationFlowBindingOverrides: bindings, directGrantsOnly } = rest
  const present = Object.entries(rest).filter(
    ([name, value]) => !computed.has(name) && value !== undefined && value !== null,
  )
  const members = Object.fromEntries(present) as ClientRepresentation
  if (directGrantsOnly) {
    members.standardFlowEnabled = false
    members.directAccessGrantsEnabled = true
  }
  for (const list of ['redirectUris', 'webOrigins'] as const) {
    const values = members[list]
    if (values) members[list] = [...new Set(values.filter((value) => value !== ''))]
  }
  if (attributes) members.attributes = textsOf(attributes, () => true)
  if (bindings) members.authenticationFlowBindingOverrides = textsOf(bindings, Boolean)
  if (protocolMappers) {
    members.protocolMappers = protocolMappers.map((mapper) => mapperOf(mapper, newId))
  }
  return { id, clientId, enabled, members }
}

/** Members that say nothing of the client itself, and those of versions that are long gone. */
const computed: ReadonlySet<string> = new Set([
  'access',
  'origin',
  'registrationAccessToken',
  'defaultRoles',
  'directGrantsOnly',
  'clientTemplate',
  'useTemplateConfig',
  'useTemplateScope',
  'useTemplateMappers',
])

/** Null counts as the empty text. */
function textsOf(map: Record<string, string | null>, keep: (text: string) => boolean) {
  const texts = Object.entries(map).map(([name, text]) => [name, text ?? ''] as const)
  return Object.fromEntries(texts.filter(([, text]) => keep(text)))
}
