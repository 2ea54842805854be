import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'

/** Attribute of a realm: types that its clients may ask for, separated by commas. Holdfast's own. */
const realmAttribute = 'authorizationDetailsTypes'
/** Attribute of a client: which of those it may ask for; all where it is left out. Holdfast's own. */
const clientAttribute = 'authorization.details.types'
const charactersMax = 4_000
const detailsMax = 20

/** One thing that a client asks to be allowed (RFC 9396 §2). */
export type AuthorizationDetail = Readonly<Record<string, unknown>> & { readonly type: string }

/** Says what is wrong with a detail of its type; undefined for one that is good. */
export type DetailValidator = (detail: AuthorizationDetail) => string | undefined

/** Why details are refused, with Keycloak's words. */
export class AuthorizationDetailsProblem extends Error {}

/** What clients may ask for in detail (RFC 9396). Details of a type are passed on as they are; a validator may look at them. */
export class AuthorizationDetails {
  readonly #validators: ReadonlyMap<string, DetailValidator>

  /** @param validators by type; a type without one takes any members */
  constructor(validators: ReadonlyMap<string, DetailValidator> = new Map()) {
    this.#validators = validators
  }

  /** @returns `authorization_details_types_supported` of a realm (RFC 9396 §10) */
  types(realm: Realm): string[] {
    return listOf(realm.settings.attributes[realmAttribute])
  }

  /**
   * @param text the parameter `authorization_details`
   * @throws AuthorizationDetailsProblem
   */
  read(realm: Realm, client: Client, text: string): readonly AuthorizationDetail[] {
    const supported = this.#typesFor(realm, client)
    const details = parsed(text)
    for (const detail of details) {
      if (!supported.includes(detail.type)) {
        throw new AuthorizationDetailsProblem(
          `Unsupported type '${detail.type.slice(0, 100)}' of authorization_details parameter supplied in the request. Supported values: [${supported.join(', ')}]`,
        )
      }
      const problem = this.#validators.get(detail.type)?.(detail)
      if (problem !== undefined) throw invalid(problem)
    }
    return details
  }

  #typesFor(realm: Realm, client: Client): string[] {
    const own = client.representation.attributes?.[clientAttribute]
    const types = this.types(realm)
    return own ? types.filter((type) => listOf(own).includes(type)) : types
  }
}

/**
 * What was agreed when a session was begun, as tokens and answers carry it (RFC 9396 §7, §9).
 * @param text the note of the client's session
 */
export function agreedDetails(text: string | undefined): unknown[] | undefined {
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as unknown[])
}

/** A detail as its user is asked for it: each member in words, or as JSON where it is more than one. */
export interface ShownDetail {
  readonly type: string
  readonly members: readonly (readonly [name: string, text: string])[]
}

/** @param text the parameter of a request that was checked */
export function shownDetails(text: string | undefined): ShownDetail[] {
  const details = (agreedDetails(text) ?? []) as AuthorizationDetail[]
  return details.map(({ type, ...members }) => ({
    type,
    members: Object.entries(members).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  }))
}

const invalid = (what: string) =>
  new AuthorizationDetailsProblem(`Invalid authorization_details: ${what}`)

function parsed(text: string): AuthorizationDetail[] {
  let details: unknown
  try {
    if (text.length <= charactersMax) details = JSON.parse(text)
  } catch {
    // What is no JSON is told below.
  }
  const shown = text.slice(0, 100)
  if (!Array.isArray(details) || details.length > detailsMax) throw invalid(shown)
  if (!details.every(isDetail)) throw invalid(shown)
  return details
}

function isDetail(value: unknown): value is AuthorizationDetail {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    typeof (value as { type?: unknown }).type === 'string'
  )
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '')
}
