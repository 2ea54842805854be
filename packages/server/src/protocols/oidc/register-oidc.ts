import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { OutgoingRequests, type OutgoingRules } from '../../http/outgoing-requests.ts'
import type { LoginStart } from '../../login/login-start.ts'
import type { PushedAuthorizationRequests } from './authorization/pushed-authorization-requests.ts'
import { registerPushedAuthorization } from './authorization/register-pushed-authorization.ts'
import type { RequestObjects } from './authorization/request-objects.ts'
import { responseModes } from './authorization/response-mode.ts'
import { CibaGrant } from './ciba/ciba-grant.ts'
import type { CibaParts } from './ciba/ciba-parts.ts'
import { backchannelAuthenticationPath, registerCiba } from './ciba/register-ciba.ts'
import { registerCibaPages } from './ciba/register-ciba-pages.ts'
import { ClientAuthentication } from './client-authentication/client-authentication.ts'
import type { DeviceRequests } from './device/device-requests.ts'
import { deviceAuthorizationPath, registerDevice } from './device/register-device.ts'
import { PublishedDocuments } from './discovery/published-documents.ts'
import { PublishedRealms } from './discovery/published-realms.ts'
import { registerPublished } from './discovery/register-published.ts'
import { registerRealmSummary } from './discovery/register-realm-summary.ts'
import { registerWebfinger } from './discovery/register-webfinger.ts'
import { endpointsThatAreOn, grantIsOn } from './features-of-oidc.ts'
import type { FederationParts } from './federation/federation-parts.ts'
import { JwtBearerGrant } from './federation/jwt-bearer-grant.ts'
import { AuthorizationCodeGrant } from './grants/authorization-code-grant.ts'
import { ClientCredentialsGrant } from './grants/client-credentials-grant.ts'
import { DeviceCodeGrant } from './grants/device-code-grant.ts'
import type { Grant } from './grants/grant.ts'
import { PasswordGrant } from './grants/password-grant.ts'
import { RefreshTokenGrant } from './grants/refresh-token-grant.ts'
import { TokenExchangeGrant } from './grants/token-exchange-grant.ts'
import { registerIntrospection } from './introspection/register-introspection.ts'
import { LogoutPages } from './logout/logout-pages.ts'
import { registerLogout } from './logout/register-logout.ts'
import type { OidcDeps } from './oidc-deps.ts'
import { registerRegistration, registrationPath } from './registration/register-registration.ts'
import { registerRevocation } from './revocation/register-revocation.ts'
import { registerSessionStatus } from './session-status/register-session-status.ts'
import { registerToken } from './token/register-token.ts'
import { PermissionRequestTokens } from './uma/permission-request-tokens.ts'
import { registerProtection, type UmaParts } from './uma/register-protection.ts'
import { UmaTicketGrant } from './uma/uma-ticket-grant.ts'
import { registerUserinfo } from './userinfo/register-userinfo.ts'

/**
 * Registers what OpenID Connect offers apart from the authorization endpoint.
 * @returns what is published of realms, which can be answered without the router
 */
export function registerOidc(
  app: FastifyInstance,
  deps: OidcDeps &
    UmaParts &
    CibaParts &
    FederationParts & {
      readonly pushedRequests: PushedAuthorizationRequests
      readonly requestObjects: RequestObjects
      readonly log: Pick<Logger, 'warn'>
      readonly deviceRequests: DeviceRequests
      readonly login: LoginStart
      readonly outgoing: OutgoingRules
      /** Those that are on. */
      readonly features: ReadonlySet<string>
      /** Of the server, without a slash at the end. */
      readonly relativePath: string
    },
): PublishedDocuments {
  const clientAuthentication = new ClientAuthentication(deps)
  const uma = { ...deps, permissionRequestTokens: new PermissionRequestTokens(deps) }
  const built: readonly Grant[] = [
    new AuthorizationCodeGrant(deps),
    new ClientCredentialsGrant(deps),
    ...(deps.directGrant ? [new PasswordGrant({ ...deps, directGrant: deps.directGrant })] : []),
    new RefreshTokenGrant(deps),
    new TokenExchangeGrant(deps),
    new DeviceCodeGrant(deps),
    new UmaTicketGrant(uma),
    new CibaGrant(deps),
    new JwtBearerGrant(deps),
  ]
  const grants = built.filter(({ type }) => grantIsOn(type, deps.features))
  const capabilities = {
    // The implicit flow has no token request, yet clients look for it here (RFC 8414 §2).
    grantTypes: [...grants.map(({ type }) => type), 'implicit'],
    responseModes,
    clientAuthenticationMethods: clientAuthentication.methods,
    clientAuthenticationAlgorithms: clientAuthentication.signatureAlgorithms,
    mutualTls: deps.clientCertificates.canBeShown,
    uma: deps.features.has('AUTHORIZATION'),
    metadataDocuments: deps.features.has('CIMD'),
    endpoints: endpointsThatAreOn(
      {
        token_endpoint: 'protocol/openid-connect/token',
        introspection_endpoint: 'protocol/openid-connect/token/introspect',
        userinfo_endpoint: 'protocol/openid-connect/userinfo',
        revocation_endpoint: 'protocol/openid-connect/revoke',
        registration_endpoint: registrationPath,
        device_authorization_endpoint: deviceAuthorizationPath,
        pushed_authorization_request_endpoint: 'protocol/openid-connect/ext/par/request',
        backchannel_authentication_endpoint: backchannelAuthenticationPath,
      },
      deps.features,
    ),
  }
  const published = new PublishedRealms(deps)
  const documents = new PublishedDocuments({ ...deps, published, capabilities })
  registerPublished(app, { published, documents })
  registerRealmSummary(app, deps)
  registerWebfinger(app, deps)
  const shared = { ...deps, clientAuthentication }
  registerToken(app, { ...shared, grants })
  registerPushedAuthorization(app, shared)
  registerDevice(app, shared)
  const documentRequests = new OutgoingRequests(deps.outgoing)
  registerRegistration(app, { ...shared, fetchText: (url) => documentRequests.text(url) })
  registerUserinfo(app, deps)
  registerIntrospection(app, shared)
  registerRevocation(app, shared)
  registerLogout(app, { ...shared, pages: new LogoutPages(deps.pages) })
  registerSessionStatus(app, deps)
  if (deps.features.has('AUTHORIZATION')) registerProtection(app, uma)
  if (deps.features.has('CIBA')) {
    registerCiba(app, shared)
    registerCibaPages(app, deps)
  }
  return documents
}
