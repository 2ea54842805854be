import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientShape } from '../domains/clients/client-schema.ts'
import { type IdleSetting, idleSetting, idleSettings } from '../domains/providers/idle-settings.ts'
import { realmMembers } from '../domains/realms/realm-schema.ts'

const source = join(import.meta.dirname, '..')
/** What only carries settings about: reads, checks, defaults, lists and shows them. */
const carriers =
  /\.test\.ts$|transfer\/|catalogue\/|providers\/idle-settings|realms\/(?:realm|realm-limits|changed-settings|realm-members|mirrored-attributes)\.ts$|clients\/(?:client|client-schema|client-defaults|client-attributes)\.ts$|representation|client-metadata|provider-metadata/
const acting = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !carriers.test(file))
  .map((file) => readFileSync(join(source, file), 'utf8'))
  .join('\n')

/** Client attributes that Keycloak's code reads and that guard, grant or limit something. */
const clientAttributes = [
  'access.token.header.type.rfc9068',
  'access.token.lifespan',
  'access.token.signed.response.alg',
  'acr.loa.map',
  'allow.oidc.params.in.redirect.uris',
  'allow.token.introspection.without.audience.check',
  'allow.userinfo.with.lightweight.access.token',
  'authorization.encrypted.response.alg',
  'authorization.encrypted.response.enc',
  'authorization.signed.response.alg',
  'backchannel.logout.revoke.offline.tokens',
  'backchannel.logout.session.required',
  'backchannel.logout.url',
  'ciba.backchannel.auth.request.signing.alg',
  'ciba.backchannel.token.delivery.mode',
  'client.introspection.response.allow.jwt.claim.enabled',
  'client.offline.session.idle.timeout',
  'client.offline.session.max.lifespan',
  'client.secret.authentication.allowed.method',
  'client.secret.expiration.time',
  'client.secret.rotated',
  'client.secret.rotated.expiration.time',
  'client.session.idle.timeout',
  'client.session.max.lifespan',
  'client.use.lightweight.access.token.enabled',
  'client_credentials.use_refresh_token',
  'default.acr.values',
  'dpop.bound.access.tokens',
  'exclude.issuer.from.auth.response',
  'exclude.session.state.from.auth.response',
  'external.token.enabled',
  'external.token.idp',
  'frontchannel.logout.session.required',
  'frontchannel.logout.url',
  'id.token.as.detached.signature',
  'id.token.encrypted.response.alg',
  'id.token.encrypted.response.enc',
  'id.token.signed.response.alg',
  'jwks.string',
  'jwks.url',
  'jwt.credential.certificate',
  'jwt.credential.issuer',
  'jwt.credential.sub',
  'login_theme',
  'logout.confirmation.enabled',
  'minimum.acr.value',
  'oauth2.device.authorization.grant.enabled',
  'oauth2.device.code.lifespan',
  'oauth2.device.polling.interval',
  'oauth2.jwt.authorization.grant.enabled',
  'oidc.ciba.grant.enabled',
  'pkce.code.challenge.method',
  'post.logout.redirect.uris',
  'request.object.encryption.alg',
  'request.object.encryption.enc',
  'request.object.required',
  'request.object.signature.alg',
  'request.uris',
  'require.pushed.authorization.requests',
  'saml.assertion.signature',
  'saml.client.signature',
  'saml.encrypt',
  'saml.onetimeuse.condition',
  'saml.server.signature',
  'standard.token.exchange.enableRefreshRequestedTokenType',
  'standard.token.exchange.enabled',
  'tls.client.certificate.bound.access.tokens',
  'token.endpoint.auth.signing.alg',
  'token.endpoint.auth.signing.max.exp',
  'token.response.type.bearer.lower-case',
  'use.jwks.string',
  'use.jwks.url',
  'use.refresh.tokens',
  'user.info.encrypted.response.alg',
  'user.info.encrypted.response.enc',
  'user.info.response.signature.alg',
  'x509.allow.regex.pattern.comparison',
  'x509.subjectdn',
]

/** Members that say what something is called or looks like, or that only exports of older versions have. */
const guardNothing: Readonly<Record<string, readonly string[]>> = {
  Realm: [
    ...['loginTheme', 'accountTheme', 'adminTheme', 'emailTheme', 'otpSupportedApplications'],
    ...['userCacheEnabled', 'realmCacheEnabled', 'codeSecret', 'passwordCredentialGrantAllowed'],
    ...['updateProfileOnInitialSocialLogin', 'oauthClients', 'clientTemplates'],
    ...['applicationScopeMappings', 'requiredCredentials'],
    // Taken apart when a realm comes in: nothing of them is kept as a setting.
    ...['defaultRole', 'federatedUsers', 'scopeMappings'],
  ],
  Client: ['alwaysDisplayInConsole'],
}

/** @returns whether it is named where something is done, as a whole or as `stem.alg` with a stem for each use */
function acts(name: string): boolean {
  const stem = name.replace(/\.(?:alg|enc)$/, '')
  // Both policies of WebAuthn are read by one piece of code.
  const member = /^webAuthnPolicy(?:Passwordless)?(.+)/.exec(name)?.[1]
  if (member !== undefined && acting.includes(`'${member}'`)) return true
  return [name, stem].some((text) =>
    new RegExp(`(?<![\\w-])${text.replaceAll('.', '\\.')}(?![\\w-])`).test(acting),
  )
}

const known: readonly [IdleSetting['of'], readonly string[]][] = [
  ['Attribute of clients', clientAttributes],
  ['Client', Object.keys(clientShape.schema.shape)],
  ['Realm', Object.keys(realmMembers)],
]

describe.each(known)('every setting of kind %s', (of, names) => {
  it('acts, or is listed as configuration only, and not both', () => {
    const guarding = names.filter((name) => guardNothing[of]?.includes(name) !== true)
    const neither = guarding.filter((name) => !acts(name) && !idleSetting(of, name))
    expect(neither, 'accepted and ignored').toEqual([])
    const both = guarding.filter((name) => acts(name) && idleSetting(of, name))
    expect(
      both.filter((name) => !name.startsWith('saml.')),
      'listed, and named by code',
    ).toEqual([])
  })

  it('that is listed is one that there is', () => {
    const listed = idleSettings.filter((one) => one.of === of)
    const unknown = listed.filter((one) => !names.some((name) => idleSetting(of, name) === one))
    expect(unknown.map(({ name }) => name)).toEqual([])
  })
})
