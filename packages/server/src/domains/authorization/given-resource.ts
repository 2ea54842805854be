import { z } from 'zod'
import { newUuid } from '../../shared/random.ts'
import { ModelError } from '../realms/model-error.ts'
import { flag, identifier, text, textLists, texts } from '../realms/scalars.ts'
import type { ProtectedResource, ResourceServer } from './resource-server.ts'
import { idsOf, put, requireFreeId, withScopeNames } from './resource-server-changes.ts'

/** An entry by its name, or as an object that names it. */
export const named = z.union([z.string(), z.looseObject({ id: text, name: text })])

/** Members of Keycloak's ResourceRepresentation; whose it is, each door asks in its own way. */
export const resourceMembers = {
  _id: identifier,
  id: identifier,
  name: text,
  displayName: text,
  type: text,
  uri: text,
  uris: texts,
  icon_uri: text,
  iconUri: text,
  ownerManagedAccess: flag,
  attributes: textLists,
  scopes: z.array(named).nullish(),
  resource_scopes: z.array(named).nullish(),
}

type Named = string | { readonly id?: string | undefined; readonly name?: string | undefined }

/** A resource as it is given: by administrators, and by resource servers through the protection API. */
export interface GivenResource {
  readonly _id?: string | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly displayName?: string | undefined
  readonly type?: string | undefined
  readonly uri?: string | undefined
  readonly uris?: readonly string[] | undefined
  readonly icon_uri?: string | undefined
  readonly iconUri?: string | undefined
  readonly ownerManagedAccess?: boolean | undefined
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined
  readonly scopes?: readonly Named[] | null | undefined
  readonly resource_scopes?: readonly Named[] | null | undefined
}

/**
 * @returns the server with the resource, and with scopes that were not there
 * @throws ModelError `duplicate` when its owner has one of that name, or anything has its id; `invalid` for a name that is
 *   missing
 */
export function withNewResource(
  server: ResourceServer,
  given: GivenResource,
  ownerId: string,
): { readonly server: ResourceServer; readonly resource: ProtectedResource } {
  const { name } = given
  if (!name) throw new ModelError('invalid', 'Duplicate resource error')
  if (server.resources.some((each) => each.name === name && each.ownerId === ownerId)) {
    throw new ModelError('duplicate', `Resource with name [${name}] already exists.`)
  }
  const id = given._id ?? given.id ?? newUuid()
  requireFreeId(server, id)
  return withResource(server, given, { ...membersOf(given), id, name, scopeIds: [], ownerId })
}

/** @returns the server with the resource changed; its scopes are those that are given */
export function withChangedResource(
  server: ResourceServer,
  given: GivenResource,
  present: ProtectedResource,
  ownerId = present.ownerId,
) {
  const { name = present.name } = given
  return withResource(server, given, { ...present, ...membersOf(given, present), name, ownerId })
}

function withResource(server: ResourceServer, given: GivenResource, before: ProtectedResource) {
  const names = scopeNamesOf(given)
  const withScopes = withScopeNames(server, names)
  const resource = { ...before, scopeIds: idsOf(withScopes.scopes, names, 'Scope') }
  return { server: { ...withScopes, resources: put(server.resources, resource) }, resource }
}

function membersOf(given: GivenResource, present?: ProtectedResource) {
  const { displayName, type, uri, uris, icon_uri, iconUri = icon_uri } = given
  return {
    displayName,
    type,
    iconUri,
    uris: [...new Set(uris ?? (uri === undefined ? [] : [uri]))],
    ownerManagedAccess: given.ownerManagedAccess ?? present?.ownerManagedAccess ?? false,
    attributes: given.attributes ?? present?.attributes ?? {},
  }
}

function scopeNamesOf({ scopes, resource_scopes }: GivenResource): string[] {
  const given = scopes ?? resource_scopes ?? []
  return given.flatMap((each) => (typeof each === 'string' ? each : (each.name ?? each.id ?? [])))
}
