import { passwordRules } from '../../../domains/credentials/password/password-rules.ts'
import { eventTypes } from '../../../domains/events/event-types.ts'
import { clientInstallations } from '../../../domains/providers/catalogue/client-installations.ts'
import { type Feature, features, isPresent } from '../../../domains/providers/catalogue/features.ts'
import { exportFormatVersion } from '../../../domains/transfer/representation.ts'
import type { ThemeKind } from '../../../pages/themes/theme-folder.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import type { Administrator } from '../administrator.ts'
import { serverDescriptionAnswer } from '../representations/server-description.ts'
import { builtinMappers } from './builtin-mappers.ts'
import { operationTypeNames, resourceTypeNames } from './event-enums.ts'
import { describeMachine } from './machine.ts'
import {
  componentTypes,
  interfacesOf,
  mapperTypes,
  namedProviders,
} from './provider-descriptions.ts'

type Deps = Pick<
  AdminDeps,
  'clock' | 'clusterReport' | 'features' | 'providers' | 'realms' | 'themes' | 'themeTexts'
>

const asymmetricAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
]
/** Types of the parameter of a scope, and whether it may be sent several times. */
const parameterizedScopeTypes = [
  ['boolean', false],
  ['custom', true],
  ['delegation', false],
  ['integer', true],
  ['string', true],
  ['username', true],
] as const

/** `GET /admin/serverinfo`: what this server is and can. Any administration role will do. */
export function registerServerInfo(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.addToServer({
    method: 'GET',
    path: '/serverinfo',
    may: (administrator) => administersSomething(deps, administrator),
    answer: serverDescriptionAnswer,
    handle: async ({ administrator }) => ({
      ...describeServer(deps),
      ...(await systemOf(deps, administrator)),
    }),
  })
}

async function administersSomething(deps: Deps, administrator: Administrator) {
  if (administrator.ofMaster && (await administrator.holdsRealmRole('create-realm'))) return true
  const administered = administrator.administered(await deps.realms.briefs())
  return !(await administered.next()).done
}

/** The machine is shown to those who administer everything, the version also to those who manage their realm. */
async function systemOf({ clock }: Deps, administrator: Administrator) {
  if (administrator.ofMaster && (await administrator.holdsRealmRole('admin'))) {
    return describeMachine(clock.now())
  }
  const held = await administrator.rolesFor(administrator.realm)
  return held.has('manage-realm') ? { systemInfo: { version: exportFormatVersion } } : {}
}

function describeServer(deps: Deps) {
  const { clusterReport, providers, features: on } = deps
  const isOn = (feature: Feature) => isPresent(feature) && on.has(feature.name)
  return {
    profileInfo: profile(isOn),
    features: features.map((feature) => ({ ...feature, enabled: isOn(feature) })),
    cryptoInfo: {
      cryptoProvider: 'node:crypto',
      supportedKeystoreTypes: ['PKCS12'],
      clientSignatureSymmetricAlgorithms: ['HS256', 'HS384', 'HS512'],
      clientSignatureAsymmetricAlgorithms: asymmetricAlgorithms,
    },
    themes: themesOf(deps),
    socialProviders: namedProviders(providers, 'social', 'Social'),
    identityProviders: [
      ...namedProviders(providers, 'identity_provider', 'User-defined'),
      ...namedProviders(providers, 'social', 'Social'),
    ],
    providers: interfacesOf(providers, clusterReport()),
    protocolMapperTypes: mapperTypes(),
    builtinProtocolMappers: builtinMappers(),
    clientInstallations,
    componentTypes: componentTypes(providers),
    passwordPolicies: passwordRules.map(({ problem: _, ...rule }) => rule),
    enums: {
      eventType: eventTypes,
      operationType: operationTypeNames,
      resourceType: resourceTypeNames,
      type: ['ORGANIZATION', 'REALM'],
    },
    parameterizedScopeTypes: parameterizedScopeTypes.map(([name, repeatable]) => ({
      name,
      repeatable,
    })),
  }
}

function profile(isOn: (feature: Feature) => boolean) {
  const off = features.filter((feature) => !isOn(feature))
  const of = (type: string) => off.filter((feature) => feature.type === type)
  const names = (some: typeof off) => some.map(({ name }) => name)
  return {
    name: 'default',
    disabledFeatures: names(off),
    previewFeatures: names(of('PREVIEW')),
    experimentalFeatures: names(of('EXPERIMENTAL')),
  }
}

/** Keycloak's own themes: realms and clients that name them get the server's own look, and tools ask whether they exist. */
const keycloakThemes: Readonly<Record<ThemeKind, readonly string[]>> = {
  login: ['keycloak', 'keycloak.v2'],
  account: ['keycloak.v3'],
  admin: ['keycloak.v2'],
  email: ['keycloak'],
}

/** The server's own look first, by its name; it comes in the languages that its texts are translated to. */
function themesOf({
  themes,
  themeTexts,
  features: on,
}: Pick<Deps, 'features' | 'themes' | 'themeTexts'>) {
  const isThere = (kind: ThemeKind, name: string) =>
    kind !== 'login' || name !== 'keycloak.v2' || on.has('LOGIN_V2')
  const of = (kind: ThemeKind) => {
    const translated = [...themeTexts.locales(kind)]
    const others = themes[kind].all.map(({ name, locales }) => ({
      name,
      locales: locales.length > 0 ? [...locales] : translated,
    }))
    const taken = new Set(others.map(({ name }) => name))
    const own = [
      'holdfast',
      ...keycloakThemes[kind].filter((name) => !taken.has(name) && isThere(kind, name)),
    ]
    return [...own.map((name) => ({ name, locales: translated })), ...others]
  }
  const untranslated = [{ name: 'holdfast' }]
  return {
    login: of('login'),
    account: of('account'),
    admin: of('admin'),
    email: of('email'),
    common: untranslated,
    welcome: untranslated,
  }
}
