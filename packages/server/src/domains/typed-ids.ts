/**
 * Text that stands for one kind of thing. Plain text is taken where one of these is asked for, so
 * that what comes from a row or a request needs no cast; an id of one kind is never taken for
 * another's, which is the mistake to catch: of a client's two ids, of a user's and a session's.
 */
type IdOf<Kind extends string> = string & { readonly kindOfId?: Kind }

export type RealmId = IdOf<'realm'>
export type UserId = IdOf<'user'>
/** The internal id of a client, Keycloak's `id`. */
export type ClientUuid = IdOf<'client'>
/** OAuth's `client_id`, Keycloak's `clientId`. */
export type ClientId = IdOf<'client_id'>
/** Of a user session: `sid`. */
export type SessionId = IdOf<'session'>
export type OrganizationId = IdOf<'organization'>
export type RoleId = IdOf<'role'>
export type GroupId = IdOf<'group'>
