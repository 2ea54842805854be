import type { ClientRepresentation } from './client.ts'
import { listAttributeOf } from './client-attributes.ts'
import { parseUri } from './parsed-uri.ts'

/** How a door for URIs is checked. */
interface UriRule {
  /** How the administrator is told of it. */
  readonly name: string
  /** Whether it must be a URL of a scheme that can be fetched; otherwise any URI will do. */
  readonly url: boolean
  /** Whether a path on this server, or below the client's root URL, will do too. */
  readonly relative?: boolean
  readonly fragment?: boolean
  /** A picture may stand in the address itself. */
  readonly data?: boolean
}

/** Schemes that Java, and so Keycloak, takes for a URL. */
const urlSchemes: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'file', 'mailto', 'jar'])
/** Schemes that a browser runs instead of opening them. */
const runnable = /^(?:javascript|vbscript|data):/
/** At most one colon behind the user, with digits behind it. */
const onePort = /^(?:[^@]*@)?[^:]*(?::\d{0,5})?$/
const placeholders: ReadonlySet<string> = new Set(['${authBaseUrl}', '${authAdminUrl}'])

const members: readonly (readonly ['rootUrl' | 'baseUrl' | 'adminUrl', UriRule])[] = [
  ['rootUrl', { name: 'Root URL', url: true, fragment: false }],
  ['baseUrl', { name: 'Base URL', url: true, relative: true }],
  ['adminUrl', { name: 'Admin URL', url: true, relative: true }],
]

const attributes: readonly (readonly [string, UriRule])[] = [
  ['backchannel.logout.url', { name: 'Backchannel logout URL', url: true, relative: true }],
  ['frontchannel.logout.url', { name: 'Front-channel logout URL', url: true, relative: true }],
  ['jwks.url', { name: 'JWKS URL', url: true, relative: true }],
  ['logoUri', { name: 'Logo URL', url: false, data: true }],
  ['policyUri', { name: 'Policy URL', url: true }],
  ['tosUri', { name: 'Terms of service URL', url: true }],
]

const samlAttributes: readonly (readonly [string, string])[] = [
  ['saml_assertion_consumer_url_post', 'Assertion Consumer Service POST Binding URL'],
  ['saml_assertion_consumer_url_redirect', 'Assertion Consumer Service Redirect Binding URL'],
  ['saml_artifact_binding_url', 'Artifact Binding URL'],
  ['saml_single_logout_service_url_post', 'Logout Service POST Binding URL'],
  ['saml_single_logout_service_url_redirect', 'Logout Service Redirect Binding URL'],
  ['saml_single_logout_service_url_artifact', 'Logout Service ARTIFACT Binding URL'],
  ['saml_single_logout_service_url_soap', 'Logout Service SOAP Binding URL'],
  ['saml_artifact_resolution_service_url', 'Artifact Resolution Service'],
]

/**
 * Checks every door through which a URI comes into a client.
 * @returns what is wrong, in Keycloak's words; empty when nothing is
 */
export function uriProblems(client: Readonly<ClientRepresentation>): string[] {
  const problems: string[] = []
  for (const [member, rule] of members) problems.push(...problemsOf(client[member], rule))
  for (const [attribute, rule] of attributes) {
    problems.push(...problemsOf(client.attributes?.[attribute], rule))
  }
  if (client.protocol === 'saml') {
    for (const [attribute, name] of samlAttributes) {
      problems.push(...problemsOf(client.attributes?.[attribute], { name, url: true }))
    }
  }
  for (const origin of client.webOrigins ?? []) {
    if (isHarmful(origin)) problems.push('A web origin uses an illegal scheme')
  }
  problems.push(...listProblems(client), ...notificationProblems(client))
  return [...new Set(problems)]
}

function problemsOf(value: string | undefined, rule: UriRule): string[] {
  if (value === undefined || value === '') return []
  if (rule.name === 'Root URL' && placeholders.has(value)) return []
  const scheme = runnable.exec(value.toLowerCase())?.[0]
  if (scheme !== undefined && scheme !== 'vbscript:' && !(rule.data && scheme === 'data:')) {
    return [`${rule.name} uses an illegal scheme`]
  }
  if (!isValid(value, rule)) return [`${rule.name} is not a valid URL`]
  return rule.fragment === false && value.includes('#')
    ? [`${rule.name} must not contain an URL fragment`]
    : []
}

function isValid(value: string, { url, relative }: UriRule): boolean {
  const parts = parseUri(value)
  if (parts === undefined) return false
  if (!url) return parts.scheme?.toLowerCase() !== 'vbscript'
  if (parts.authority?.startsWith('[') === false && !onePort.test(parts.authority)) return false
  if (relative && value.startsWith('/')) return true
  return parts.scheme !== undefined && urlSchemes.has(parts.scheme.toLowerCase())
}

/** Addresses that a browser is sent to, and those that request objects may come from. */
function listProblems(client: Readonly<ClientRepresentation>): string[] {
  const problems: string[] = []
  const check = (uris: readonly string[], name: string) => {
    for (const uri of uris) {
      if (isHarmful(uri)) problems.push(`${name} uses an illegal scheme`)
      else if (parseUri(uri) === undefined) problems.push(`${name} is not a valid URI`)
      else if (uri.includes('#')) problems.push(`${name} must not contain an URL fragment`)
    }
  }
  check(client.redirectUris ?? [], 'A redirect URI')
  const afterLogout = listAttributeOf(client, 'post.logout.redirect.uris')
  check(
    afterLogout.filter((uri) => uri !== '+' && uri !== '-'),
    'A post-logout redirect URI',
  )
  for (const uri of listAttributeOf(client, 'request.uris')) {
    if (isHarmful(uri)) problems.push('Valid request URIs has a value with illegal scheme')
    else if (parseUri(uri) === undefined) problems.push('Valid request URIs has an invalid value')
  }
  return problems
}

/** Whether a browser would run it; those drop tabs and line ends, and blanks at the start. */
function isHarmful(uri: string): boolean {
  return runnable.test(uri.toLowerCase())
}

/** OpenID Connect CIBA Core §7.2: the notification endpoint is an https URL. */
function notificationProblems({ attributes: given }: Readonly<ClientRepresentation>): string[] {
  const url = given?.['ciba.backchannel.client.notification.endpoint']
  if (!url) return []
  const name = '[backchannel_client_notification_endpoint]'
  const scheme = parseUri(url)?.scheme?.toLowerCase()
  if (scheme === undefined || !urlSchemes.has(scheme)) return [`The url ${name} is malformed`]
  if (scheme === 'https') return []
  return scheme === 'http'
    ? [`The url ${name} requires secure connections`]
    : [`Invalid protocol/scheme for url ${name}`]
}
