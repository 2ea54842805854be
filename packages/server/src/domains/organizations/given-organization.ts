import { requireBoundedAttributes } from '../realms/bounded-attributes.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Organization, OrganizationDomain } from './organization.ts'

/** What is given of an organization that is to be made or changed. */
export interface GivenOrganization {
  readonly name?: string | undefined
  readonly alias?: string | undefined
  readonly enabled?: boolean | undefined
  readonly description?: string | undefined
  readonly redirectUrl?: string | undefined
  readonly attributes?: Readonly<Record<string, string[]>> | undefined
  readonly domains?:
    | readonly { readonly name?: string | undefined; readonly verified?: boolean | undefined }[]
    | undefined
}

/** Keycloak takes what may stand behind the @ of an address, one label too; see RFC 5322 §3.2.3 and RFC 6531 §3.3. */
const outerCharacter = /[a-z0-9!#$%&'*+/=?^`{|}~\u0080-\uffff]/.source
const label = `${outerCharacter}(?:[${outerCharacter.slice(1, -1)}-]{0,61}${outerCharacter})?`
const domainShape = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`, 'i')
const nameCharactersMax = 255
/** As Keycloak's columns. */
const descriptionCharactersMax = 4_000
const redirectUrlCharactersMax = 2_048
const domainsMax = 1_000

/**
 * What an organization becomes. Members that are absent are cleared, attributes stay.
 * @param present null for a new one
 * @throws ModelError `invalid` in Keycloak's words
 */
export function changedOrganization(
  present: Organization | null,
  given: GivenOrganization,
): Pick<
  Organization,
  'name' | 'alias' | 'enabled' | 'description' | 'redirectUrl' | 'attributes' | 'domains'
> {
  const name = given.name?.trim() ? given.name : undefined
  if (name === undefined || name.length > nameCharactersMax) {
    throw new ModelError('invalid', 'Name can not be null')
  }
  requireBoundedAttributes(given.attributes ?? {})
  if ((given.description?.length ?? 0) > descriptionCharactersMax) {
    throw new ModelError('invalid', 'The description is too long')
  }
  if ((given.domains?.length ?? 0) > domainsMax) {
    throw new ModelError('invalid', `An organization has at most ${domainsMax} domains`)
  }
  return {
    name,
    alias: aliasOf(present, given, name),
    enabled: given.enabled ?? true,
    description: given.description || null,
    redirectUrl: redirectUrlOf(given.redirectUrl),
    attributes: given.attributes ?? present?.attributes ?? {},
    domains: domainsOf(given.domains ?? []),
  }
}

/** An alias that is left out is the name; it never changes. */
function aliasOf(present: Organization | null, given: GivenOrganization, name: string): string {
  const alias = given.alias?.trim() ? given.alias : name
  if (present !== null && alias !== present.alias) {
    throw new ModelError('invalid', 'Cannot change the alias')
  }
  if (alias.length > nameCharactersMax) throw new ModelError('invalid', 'The alias is too long')
  if (present === null && /\s/.test(alias)) {
    const why = 'Empty Space not allowed.'
    throw new ModelError('invalid', given.alias ? why : `Name cannot be used as alias: ${why}`)
  }
  return alias
}

/** A wildcard at the end is what Keycloak lets pass. */
function redirectUrlOf(given: string | undefined): string | null {
  if (!given?.trim()) return null
  const valid =
    given.length <= redirectUrlCharactersMax && URL.canParse(given) && /^https?:\/\//i.test(given)
  if (!valid) throw new ModelError('invalid', 'Organization redirect URL is not valid.')
  return given
}

function domainsOf(given: NonNullable<GivenOrganization['domains']>): OrganizationDomain[] {
  const domains = new Map<string, OrganizationDomain>()
  for (const { name, verified } of given) {
    const domain = domainOf(name)
    domains.set(domain, {
      name: domain,
      verified: verified ?? domains.get(domain)?.verified ?? false,
    })
  }
  return [...domains.values()]
}

/** A domain, or `*.` and a domain of two labels at least, whose subdomains it stands for. */
function domainOf(given: string | undefined): string {
  const name = given?.trim() ?? ''
  const invalid = (message: string) => new ModelError('invalid', message)
  if (name === '') throw invalid('Domain name cannot be empty')
  const isWildcard = name.startsWith('*.')
  const domain = isWildcard ? name.slice(2) : name
  if (domain === '') throw invalid(`Wildcard domain must specify a base domain: ${name}`)
  if (isWildcard && domain.includes('*')) {
    throw invalid(`Multiple wildcards are not allowed: ${name}`)
  }
  if (domain.includes('*.')) throw invalid('Wildcard domain must start with the wildcard')
  if (!domainShape.test(domain)) throw invalid(`Invalid domain format: ${name}`)
  if (isWildcard && !domain.includes('.')) {
    throw invalid(`Domain must have at least 2 parts (e.g. 'example.com'): ${domain}`)
  }
  return name.toLowerCase()
}
