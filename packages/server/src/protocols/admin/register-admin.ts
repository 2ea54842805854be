import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from './admin-deps.ts'
import { AdminRoutes } from './admin-routes.ts'
import { registerAttackDetection } from './attack-detection/attack-detection.ts'
import { registerAuthenticationOverview } from './authentication/authentication-overview.ts'
import { registerAuthenticationProviders } from './authentication/authentication-providers.ts'
import { registerAuthenticatorConfigs } from './authentication/authenticator-config-resource.ts'
import { registerExecutions } from './authentication/executions-resource.ts'
import { registerFlows } from './authentication/flows-resource.ts'
import { registerRequiredActionWrites } from './authentication/required-action-writes.ts'
import { registerRequiredActions } from './authentication/required-actions-resource.ts'
import { registerAuthorizationScopes } from './authorization/authorization-scopes.ts'
import { registerPolicyEvaluation } from './authorization/evaluate-policies.ts'
import { registerAuthorizationPolicies } from './authorization/policies-resource.ts'
import { registerProtectedResources } from './authorization/protected-resources.ts'
import { registerResourceServer } from './authorization/resource-server-resource.ts'
import { registerClientPolicies } from './client-policies/client-policies-resource.ts'
import { registerClientScopes } from './client-scopes/client-scopes-resource.ts'
import { registerRealmDefaultScopes } from './client-scopes/realm-default-scopes.ts'
import { registerClientCertificates } from './clients/client-certificates.ts'
import { registerClientDescription } from './clients/client-description.ts'
import { registerClientInstallation } from './clients/client-installation.ts'
import { registerClientKeyStores } from './clients/client-key-stores.ts'
import { registerClientMappers } from './clients/client-mappers.ts'
import { registerClientNodes } from './clients/client-nodes.ts'
import { registerClientResource } from './clients/client-resource.ts'
import { registerClientScopeAssignments } from './clients/client-scope-assignments.ts'
import { registerScopeMappings } from './clients/client-scope-mappings.ts'
import { registerClientSessions } from './clients/client-sessions.ts'
import { registerClients } from './clients/clients-resource.ts'
import { registerEvaluateScopes } from './clients/evaluate-scopes.ts'
import { registerExampleTokens } from './clients/example-tokens.ts'
import { registerInitialAccess } from './clients/initial-access.ts'
import { registerRegistrationAccess } from './clients/registration-access.ts'
import { registerRotatedSecret } from './clients/rotated-secret.ts'
import { registerServiceAccount } from './clients/service-account.ts'
import { registerComponents } from './components-resource.ts'
import { registerAdminEvents } from './events/admin-events-resource.ts'
import { registerLoginEvents } from './events/login-events-resource.ts'
import { registerWebhookMessages } from './events/webhook-messages-resource.ts'
import { registerEventsConfig } from './events-config-resource.ts'
import { registerDefaultGroups } from './groups/default-groups.ts'
import { registerGroupResource } from './groups/group-resource.ts'
import { registerGroups } from './groups/groups-resource.ts'
import { registerIdentityProviders } from './identity-providers/identity-providers-resource.ts'
import { registerProviderImport } from './identity-providers/provider-import.ts'
import { registerKeys } from './keys-resource.ts'
import { registerTestSmtpConnection } from './mail/test-smtp-connection.ts'
import { registerManagementPermissions } from './management-permissions.ts'
import { keepMultipart } from './multipart-body.ts'
import { registerOpenApi } from './open-api.ts'
import { registerOrganizationGroup } from './organizations/organization-group.ts'
import { registerOrganizationGroups } from './organizations/organization-groups.ts'
import { registerOrganizationInvitations } from './organizations/organization-invitations.ts'
import { registerOrganizationMembers } from './organizations/organization-members.ts'
import { registerOrganizationProviders } from './organizations/organization-providers.ts'
import { registerOrganizations } from './organizations/organizations-resource.ts'
import { registerPreflight } from './preflight.ts'
import { registerLocalization } from './realms/localization.ts'
import { registerPartialExport } from './realms/partial-export.ts'
import { registerPartialImport } from './realms/partial-import.ts'
import { registerRealmActions } from './realms/realm-actions.ts'
import { registerRealmResource } from './realms/realm-resource.ts'
import { registerRealms } from './realms/realms-resource.ts'
import { keepJsonText } from './request-body.ts'
import { registerRoleEndpoints } from './roles/register-role-endpoints.ts'
import { serveAdminRoutes } from './serve-admin-routes.ts'
import { registerServerInfo } from './server-info/server-info.ts'
import { registerConsoleRealms } from './ui-ext/console-realms.ts'
import { registerConsoleRoles } from './ui-ext/console-roles.ts'
import { registerConsoleSessions } from './ui-ext/console-sessions.ts'
import { registerConsoleUsers } from './ui-ext/console-users.ts'
import { registerUserStorage } from './user-storage/user-storage-resource.ts'
import { registerCreateUser } from './users/create-user.ts'
import { registerImpersonation } from './users/impersonation.ts'
import { registerListUsers } from './users/list-users.ts'
import { registerUserConsents } from './users/user-consents.ts'
import { registerUserCredentials } from './users/user-credentials.ts'
import { registerUserFederatedIdentities } from './users/user-federated-identities.ts'
import { registerUserGroups } from './users/user-groups.ts'
import { registerUserMails } from './users/user-mails.ts'
import { registerUserProfile } from './users/user-profile-resource.ts'
import { registerUserResource } from './users/user-resource.ts'
import { registerUserRoleMappings } from './users/user-role-mappings.ts'
import { registerUserSessions } from './users/user-sessions.ts'
import { registerVerifiableCredentials } from './users/verifiable-credentials.ts'
import { registerWhoAmI } from './whoami.ts'
import { registerWorkflows } from './workflows-resource.ts'

/** Every resource, one function each. */
const resources: readonly ((routes: AdminRoutes<AdminDeps>, deps: AdminDeps) => void)[] = [
  registerWhoAmI,
  registerServerInfo,
  registerRealms,
  registerRealmResource,
  registerRealmActions,
  registerPartialExport,
  registerPartialImport,
  registerLocalization,
  registerIdentityProviders,
  registerProviderImport,
  registerConsoleRealms,
  registerKeys,
  registerComponents,
  registerFlows,
  registerAuthenticationProviders,
  registerExecutions,
  registerAuthenticatorConfigs,
  registerRequiredActionWrites,
  registerAuthenticationOverview,
  registerRequiredActions,
  registerLoginEvents,
  registerAdminEvents,
  registerWebhookMessages,
  registerEventsConfig,
  registerClientDescription,
  registerClients,
  registerClientResource,
  registerClientMappers,
  registerClientCertificates,
  registerClientKeyStores,
  registerClientNodes,
  registerRotatedSecret,
  registerEvaluateScopes,
  registerExampleTokens,
  registerClientPolicies,
  registerResourceServer,
  registerAuthorizationScopes,
  registerProtectedResources,
  registerAuthorizationPolicies,
  registerPolicyEvaluation,
  registerClientInstallation,
  registerClientScopeAssignments,
  registerScopeMappings,
  registerServiceAccount,
  registerInitialAccess,
  registerRegistrationAccess,
  registerClientSessions,
  registerClientScopes,
  registerRealmDefaultScopes,
  registerRoleEndpoints,
  registerGroups,
  registerGroupResource,
  registerDefaultGroups,
  registerListUsers,
  registerCreateUser,
  registerUserProfile,
  registerUserResource,
  registerUserCredentials,
  registerUserMails,
  registerUserGroups,
  registerUserRoleMappings,
  registerUserFederatedIdentities,
  registerUserSessions,
  registerUserConsents,
  registerVerifiableCredentials,
  registerUserStorage,
  registerImpersonation,
  registerManagementPermissions,
  registerAttackDetection,
  registerTestSmtpConnection,
  registerConsoleUsers,
  registerConsoleSessions,
  registerConsoleRoles,
  registerOrganizations,
  registerOrganizationMembers,
  registerOrganizationProviders,
  registerOrganizationInvitations,
  registerOrganizationGroups,
  registerOrganizationGroup,
  registerWorkflows,
]

/** @returns all endpoints of Admin REST */
export function adminRoutes(deps: AdminDeps): AdminRoutes<AdminDeps> {
  const routes = new AdminRoutes<AdminDeps>()
  for (const register of resources) register(routes, deps)
  registerOpenApi(routes)
  return routes
}

/** Admin REST, in a scope of its own: its JSON bodies arrive as text. */
export function registerAdmin(app: FastifyInstance, deps: AdminDeps): void {
  app.register((scope, _options, done) => {
    keepJsonText(scope)
    keepMultipart(scope)
    registerPreflight(scope)
    serveAdminRoutes(scope, deps, adminRoutes(deps))
    done()
  })
}
