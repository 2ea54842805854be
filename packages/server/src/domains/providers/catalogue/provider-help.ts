import { ownMember } from '../../../shared/own-member.ts'

const texts: Readonly<Record<string, string>> = {
  'allow-access-authenticator':
    'Lets everybody through. For flows that end once their conditions have held.',
  'auth-conditional-otp-form':
    'Asks for a one-time code only where the role, attribute or header that you name says so.',
  'auth-cookie': 'Signs in whoever still has a session in this browser.',
  'auth-otp-form': 'Asks for a code of the authenticator app on a page of its own.',
  'auth-password-form': 'Asks for the password of a user who is known by now.',
  'auth-recovery-authn-code-form': 'Asks for one of the recovery codes that the user wrote down.',
  'auth-spnego': 'Takes the Kerberos ticket that the browser offers (SPNEGO).',
  'auth-username-form': 'Asks for the user name alone; the password may follow on a later page.',
  'auth-username-password-form': 'Asks for user name and password on one page.',
  'auth-x509-client-username-form':
    'Signs in with the certificate of the TLS connection, after a page on which the user agrees.',
  'conditional-client-scope': 'Runs the flow where the client asks for this scope.',
  'conditional-credential':
    'Runs the flow depending on the credentials that were used in this login.',
  'conditional-level-of-authentication':
    'Runs the flow where the client asks for this level, or a higher one.',
  'conditional-sub-flow-executed':
    'Runs the flow depending on whether another flow of this login was run.',
  'conditional-user-attribute': 'Runs the flow for users who have this attribute with this value.',
  'conditional-user-configured': 'Runs the flow for users who have set up what is asked for in it.',
  'conditional-user-role': 'Runs the flow for users who have this role.',
  'deny-access-authenticator': 'Refuses everybody who comes here, with the message that you set.',
  'direct-grant-auth-x509-username':
    'Takes the certificate of the TLS connection in place of user name and password.',
  'direct-grant-validate-otp': 'Checks the one-time code that came in the form parameter otp.',
  'direct-grant-validate-password': 'Checks the password that came in the form.',
  'direct-grant-validate-username': 'Finds the user whose name came in the form.',
  'docker-http-basic-authenticator': 'Checks name and password as docker login sends them.',
  'http-basic-authenticator': 'Checks name and password of an Authorization header.',
  'identity-provider-redirector':
    'Goes to an identity provider at once: the default one, or the one that the client names.',
  'idp-add-organization-member':
    'Makes whoever came through the identity provider of an organization a member of it.',
  'idp-auto-link': 'Links the account that was found, without asking.',
  'idp-confirm-link': 'Asks whether the account that was found is to be linked.',
  'idp-confirm-override-link':
    'Asks whether the link that the account has already is to be replaced.',
  'idp-create-user-if-unique': 'Makes an account where nobody has this name or address yet.',
  'idp-detect-existing-broker-user':
    'Goes on only where an account with this name or address exists.',
  'idp-email-verification':
    'Proves by a mail that the account that was found belongs to whoever signs in.',
  'idp-review-profile': 'Shows what the identity provider said about the user, to be looked over.',
  'idp-username-password-form':
    'Asks for the password of the account that was found, before it is linked.',
  organization:
    'Asks for the address first, and goes to the identity provider of its organization.',
  'registration-page-form': 'The page on which people register; its parts are the steps below it.',
  'registration-password-action': 'Asks for a password and its repetition, and keeps it.',
  'registration-recaptcha-action': 'Has reCAPTCHA tell people from programs.',
  'registration-recaptcha-enterprise': 'Has reCAPTCHA Enterprise tell people from programs.',
  'registration-terms-and-conditions':
    'Asks for agreement to the terms before anybody is registered.',
  'registration-user-creation':
    'Checks what was filled in and makes the account. It has to come first.',
  'reset-credential-email': 'Sends a link with which the user goes on, and waits for it.',
  'reset-credentials-choose-user': 'Asks who has forgotten the password.',
  'reset-otp': 'Has the user set up the authenticator app anew.',
  'reset-password': 'Has the user choose a new password.',
  'user-session-limits': 'Bounds how many sessions a user may have in the realm and at a client.',
  'webauthn-authenticator': 'Asks for a security key, or a passkey, as second factor.',
  'webauthn-authenticator-passwordless': 'Asks for a passkey, with which no password is needed.',
  'client-jwt': 'The client signs a token with its private key.',
  'client-secret': 'The client sends its id and secret, in a header or in the form.',
  'client-secret-jwt': 'The client signs a token with its secret.',
  'client-x509': 'The client shows its certificate in the TLS connection.',
  'federated-jwt': 'The client brings a token that an identity provider of the realm signed.',
  'aes-generated': 'An AES key that is made here.',
  'ecdh-generated': 'A pair of keys for ECDH, made here, with which tokens are encrypted.',
  'ecdsa-generated': 'A pair of ECDSA keys, made here, with which tokens are signed.',
  'eddsa-generated': 'A pair of EdDSA keys, made here, with which tokens are signed.',
  'hmac-generated': 'A secret, made here, with which tokens are signed.',
  'java-keystore': 'A key out of a PKCS#12 store on the server.',
  rsa: 'A pair of RSA keys that you bring along, with which tokens are signed.',
  'rsa-enc': 'A pair of RSA keys that you bring along, with which tokens are encrypted.',
  'rsa-enc-generated': 'A pair of RSA keys, made here, with which tokens are encrypted.',
  'rsa-generated': 'A pair of RSA keys, made here, with which tokens are signed.',
  'acr-condition': 'Holds where the request asks for this class of authentication.',
  'any-client': 'Holds for every client.',
  'client-access-type': 'Holds for confidential, public or bearer-only clients.',
  'client-attributes': 'Holds for clients with these attributes.',
  'client-roles': 'Holds for clients that have one of these roles.',
  'client-scopes': 'Holds where one of these scopes is asked for.',
  'client-type': 'Holds for clients of this protocol.',
  'client-updater-context': 'Holds depending on how a client is made or changed.',
  'client-updater-source-groups': 'Holds where a member of these groups makes or changes a client.',
  'client-updater-source-host': 'Holds where a client is made or changed from these hosts.',
  'client-updater-source-roles': 'Holds where somebody with these roles makes or changes a client.',
  'grant-type': 'Holds where a token is asked for by one of these grants.',
  'identity-provider-alias':
    'Holds where the token that is brought comes from one of these identity providers.',
  'auth-flow-enforcer': 'Has the client use this flow.',
  'confidential-client': 'Refuses clients that are public.',
  'consent-required': 'Has users asked before the client gets anything.',
  'downscope-assertion-grant-enforcer': 'Gives no more scopes than the assertion itself has.',
  'dpop-bind-enforcer': 'Asks for a DPoP proof, and binds tokens to its key.',
  'full-scope-disabled': 'Refuses clients that may have all roles of their users.',
  'holder-of-key-enforcer': 'Binds tokens to the certificate of the client.',
  'intent-client-bind-checker':
    'Asks a service whether the intent in the request belongs to this client.',
  'jwt-claim-enforcer': 'Asks for a claim with an allowed value in the token that is brought.',
  'pkce-enforcer': 'Asks for PKCE with S256.',
  'registration-access-token-rotation-disabled':
    'Keeps the registration access token as it is when it is used.',
  'reject-implicit-grant': 'Refuses the implicit flow.',
  'reject-request': 'Refuses every request.',
  'reject-ropc-grant': 'Refuses the password grant.',
  'saml-avoid-redirect': 'Refuses SAML requests that come in the address.',
  'saml-secure-client-uris': 'Refuses SAML clients with addresses that are not https.',
  'saml-signature-enforcer': 'Asks for signatures on SAML messages.',
  'secure-ciba-req-sig-algorithm': 'Allows only strong algorithms for signed backchannel requests.',
  'secure-ciba-session': 'Asks for a binding message in a backchannel request.',
  'secure-ciba-signed-authn-req': 'Asks for a signed backchannel request.',
  'secure-client-authentication-assertion':
    'Asks that an assertion of the client name this server as its only audience.',
  'secure-client-authenticator': 'Allows only these ways in which a client proves who it is.',
  'secure-client-uris': 'Refuses addresses of clients that are not https.',
  'secure-client-uris-pattern': 'Allows only addresses that match one of these patterns.',
  'secure-logout': 'Refuses front-channel logout.',
  'secure-par-content': 'Takes parameters of a pushed request from the push alone.',
  'secure-redirect-uris-enforcer': 'Allows only redirect URIs that keep these rules.',
  'secure-request-object': 'Asks for a signed request object with an expiry.',
  'secure-response-type': 'Allows only response types that cannot be tampered with.',
  'secure-session': 'Asks for state or nonce in the authorization request.',
  'secure-signature-algorithm': 'Allows only strong algorithms for signatures.',
  'secure-signature-algorithm-signed-jwt':
    'Allows only strong algorithms for signed assertions of clients.',
  'suppress-refresh-token-rotation': 'Gives the same refresh token again.',
  'tls-client-auth-ca-subject-dn':
    'Asks that the certificate of the client come from this authority.',
  'use-lightweight-access-token': 'Leaves personal claims out of access tokens.',
  'keycloak-oidc-role-to-role-idp-mapper':
    'Gives a role to users who have a role at the other server.',
  'hardcoded-attribute-idp-mapper': 'Gives every user who comes this way the same attribute.',
  'hardcoded-user-session-attribute-idp-mapper':
    'Keeps the same note in every session that begins this way.',
  'oidc-advanced-group-idp-mapper': 'Puts users into a group when all these claims are there.',
  'oidc-advanced-role-idp-mapper': 'Gives a role when all these claims are there.',
  'oidc-hardcoded-group-idp-mapper': 'Puts every user who comes this way into a group.',
  'oidc-hardcoded-role-idp-mapper': 'Gives every user who comes this way a role.',
  'oidc-role-idp-mapper': 'Gives a role when a claim has a value.',
  'oidc-user-attribute-idp-mapper': 'Keeps a claim as attribute of the user.',
  'oidc-user-session-note-idp-mapper': 'Keeps claims as notes of the session.',
  'oidc-username-idp-mapper': 'Makes the user name from a template.',
  'saml-advanced-group-idp-mapper': 'Puts users into a group when all these attributes are there.',
  'saml-advanced-role-idp-mapper': 'Gives a role when all these attributes are there.',
  'saml-role-idp-mapper': 'Gives a role when an attribute has a value.',
  'saml-user-attribute-idp-mapper': 'Keeps an attribute of the assertion as attribute of the user.',
  'saml-username-idp-mapper': 'Makes the user name from a template.',
  'saml-xpath-attribute-idp-mapper':
    'Keeps what an XPath expression finds in an attribute as attribute of the user.',
  'oidc-acr-mapper': 'Says by which class of authentication the user signed in.',
  'oidc-address-mapper': 'Makes the claim address from attributes of the user.',
  'oidc-allowed-origins-mapper': 'Adds the web origins of the client.',
  'oidc-amr-mapper': 'Says by which methods the user signed in.',
  'oidc-audience-mapper': 'Adds an audience: a client, or a text of yours.',
  'oidc-audience-resolve-mapper':
    'Adds every client as audience in which the user has a role in this token.',
  'oidc-claims-param-token-mapper': 'Adds the claims that the parameter claims asks for.',
  'oidc-claims-param-value-idtoken-mapper':
    'Adds a claim with the value that the parameter claims asks for.',
  'oidc-full-name-mapper': 'Makes the claim name from first and last name.',
  'oidc-group-membership-mapper': 'Adds the groups of the user.',
  'oidc-hardcoded-claim-mapper': 'Adds a claim that is always the same.',
  'oidc-hardcoded-role-mapper': 'Adds a role, whoever the user is.',
  'oidc-nonce-backwards-compatible-mapper':
    'Adds the nonce to access and refresh tokens too, as it once was.',
  'oidc-organization-group-membership-mapper':
    'Adds the groups of the organization in which the user is.',
  'oidc-organization-membership-mapper': 'Adds the organizations of the user.',
  'oidc-role-name-mapper': 'Gives a role another name in the token.',
  'oidc-session-state-mapper': 'Adds the claim session_state.',
  'oidc-sha256-pairwise-sub-mapper':
    'Makes the subject another one for every sector, so that clients cannot compare users.',
  'oidc-sub-mapper': 'Adds the claim sub.',
  'oidc-usermodel-attribute-mapper': 'Adds an attribute of the user.',
  'oidc-usermodel-client-role-mapper': 'Adds roles of the user in a client.',
  'oidc-usermodel-property-mapper': 'Adds a property of the user, such as the address.',
  'oidc-usermodel-realm-role-mapper': 'Adds roles of the user in the realm.',
  'oidc-usersessionmodel-note-mapper': 'Adds a note of the session.',
  ldap: 'Users of an LDAP directory.',
  kerberos: 'Users of a Kerberos realm.',
  'trusted-hosts': 'Allows registration from these hosts, and of clients with addresses there.',
  scope: 'Refuses clients that may have all roles of their users.',
  'max-clients': 'Refuses registration where the realm has this many clients.',
  'client-disabled':
    'Switches off every client that is registered, until an administrator switches it on.',
  'allowed-protocol-mappers': 'Allows only these types of mappers in what is registered.',
  'allowed-client-templates': 'Allows only these client scopes in what is registered.',
  'registration-web-origins': 'Allows these web origins to read answers of registration.',
}

/** @returns what a provider does, in a sentence for consoles; empty where its name says it all */
export function providerHelp(id: string): string {
  if (id.endsWith('-user-attribute-mapper') && !id.startsWith('oidc-')) {
    return 'Keeps a member of what the identity provider says about the user as attribute.'
  }
  return ownMember(texts, id) ?? ''
}
