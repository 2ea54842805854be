import type { RealmId } from '../../../domains/typed-ids.ts'
import type { UserSearch } from '../../../domains/users/user-search.ts'
import { badRequest } from '../admin-error.ts'
import { paged, type QueryParameters } from '../query-parameters.ts'

/** Users of a page where `max` is absent. */
const usersPerPage = 100
const dayMs = 86_400_000

/** What users can be searched by. */
export const userParameters = {
  ...paged,
  search: 'text',
  exact: 'flag',
  username: 'text',
  email: 'text',
  firstName: 'text',
  lastName: 'text',
  idpAlias: 'text',
  idpUserId: 'text',
  createdAfter: 'text',
  createdBefore: 'text',
  enabled: 'flag',
  emailVerified: 'flag',
  q: 'text',
  briefRepresentation: 'flag',
} as const

/** @returns the search that query parameters ask for; paging included */
export function userSearchOf(query: QueryParameters, realmId: RealmId): UserSearch {
  const search = query.text('search')
  const page = { first: query.first, max: query.max(usersPerPage) }
  if (search?.startsWith('id:')) {
    const ids = search.slice(3).trim().split(/\s+/)
    return { realmId, ids, serviceAccounts: true, ...page }
  }
  const flags = { enabled: query.flag('enabled'), emailVerified: query.flag('emailVerified') }
  if (search !== undefined) {
    return { realmId, search: search.trim(), serviceAccounts: false, ...flags, ...page }
  }
  const criteria = {
    username: query.text('username'),
    email: query.text('email'),
    firstName: query.text('firstName'),
    lastName: query.text('lastName'),
    identityProvider: query.text('idpAlias'),
    identityProviderUserId: query.text('idpUserId'),
    createdAfter: timeOf(query, 'createdAfter', 0),
    createdBefore: timeOf(query, 'createdBefore', dayMs - 1),
    ...flags,
  }
  const attributes = query.attributes
  const asked = Object.values(criteria).some((value) => value !== undefined)
  return {
    realmId,
    ...criteria,
    attributes,
    exact: query.flag('exact'),
    serviceAccounts: asked || Object.keys(attributes).length > 0,
    ...page,
  }
}

/** A day (`yyyy-MM-dd`, UTC) or milliseconds since the epoch. @param withinDay added to a day */
function timeOf(query: QueryParameters, name: string, withinDay: number): number | undefined {
  const text = query.text(name)
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(day)) {
    throw badRequest(
      `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp`,
    )
  }
  return day + withinDay
}
