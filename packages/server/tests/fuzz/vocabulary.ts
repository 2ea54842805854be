/** Endpoints under `/realms/<realm>/protocol/openid-connect/`. */
export const oidcEndpoints: readonly string[] = `
  auth token userinfo logout logout/logout-confirm logout/backchannel-logout revoke certs
  token/introspect login-status-iframe.html login-status-iframe.html/init
  3p-cookies/step1.html 3p-cookies/step2.html registrations auth/device ext/par/request
  ext/ciba/auth nope`
  .trim()
  .split(/\s+/)

/** Other paths of a realm; the realm itself is one too. */
export const realmPaths: readonly string[] = `
  /.well-known/openid-configuration /.well-known/nope /account /protocol/saml /protocol/nope
  /login-actions/authenticate /login-actions/required-action /login-actions/consent
  /login-actions/restart /login-actions/registration /login-actions/reset-credentials
  /login-actions/action-token /login-actions/first-broker-login /login-actions/detached-info
  /broker/github/login /nope`
  .trim()
  .split(/\s+/)

/** Paths of a realm in the Admin REST API. */
export const adminPaths: readonly string[] = `
  /users /users/nope /users/count /clients /clients/nope /roles /roles/nope /groups /keys
  /sessions/stats /nope`
  .trim()
  .split(/\s+/)

/** Parameters that some endpoint reads. */
export const parameterNames: readonly string[] = `
  client_id client_secret redirect_uri response_type response_mode scope state nonce prompt
  max_age claims acr_values login_hint ui_locales kc_locale kc_action kc_idp_hint request
  request_uri code_challenge code_challenge_method code_verifier grant_type code refresh_token
  token token_type_hint id_token_hint post_logout_redirect_uri username password otp totp
  session_code execution tab_id client_data client_assertion client_assertion_type
  logout_token first max search q exact access_token credentialId rememberMe dpop_jkt origin`
  .trim()
  .split(/\s+/)

/** Values that mean something to some parameter. */
export const knownValues: readonly string[] = `
  app | web | spa | api | svc | service | disabled-app | secret-of-app | web-secret
  http://127.0.0.1:3999/cb | http://127.0.0.1:3000/cb | code | token | id_token token | none
  query | fragment | form_post | openid | openid offline_access | S256 | plain | login
  consent | authorization_code | refresh_token | client_credentials | password
  urn:ietf:params:oauth:grant-type:device_code | person-0 | alice | alice-Passw0rd
  eyJhbGciOiJub25lIn0.e30. | eyJhbGciOiJSUzI1NiJ9.e30.AA | a.b.c | {"id_token":{"acr":null}}
  { | [] | null | -1 | 0 | 99999999999999999999 | 1e999 | true | UPDATE_PASSWORD | de
  urn:ietf:params:oauth:client-assertion-type:jwt-bearer`
  .trim()
  .split(/ \| |\n/)
  .map((word) => word.trim())
