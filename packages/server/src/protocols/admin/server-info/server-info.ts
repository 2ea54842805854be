import { availableParallelism, totalmem } from 'node:os'
import { passwordRules } from '../../../domains/credentials/password/password-rules.ts'
import { eventTypes } from '../../../domains/events/event-types.ts'
import { exportFormatVersion } from '../../../domains/transfer/representation.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import type { Administrator } from '../administrator.ts'
import { protocolMapperTypes } from '../protocol-mappers/protocol-mapper-types.ts'
import { componentTypes } from './component-types.ts'
import { operationTypeNames, resourceTypeNames } from './event-enums.ts'
import { providers } from './providers.ts'

const bytesPerMegabyte = 1024 * 1024

/** `GET /admin/serverinfo`: what this server is and can. Any administration role will do. */
export function registerServerInfo(routes: AdminRoutes, deps: AdminDeps): void {
  routes.addToServer({
    method: 'GET',
    path: '/serverinfo',
    may: (administrator) => administersSomething(deps, administrator),
    handle: async ({ administrator }) => ({
      ...describeServer(deps),
      ...(await systemOf(deps, administrator)),
    }),
  })
}

/** Administrators of master who hold `admin` need no look at every realm. */
async function administersSomething(deps: AdminDeps, administrator: Administrator) {
  if ((await administrator.rolesFor(administrator.realm)).size > 0) return true
  if (!administrator.ofMaster) return false
  if (await administrator.holdsRealmRole('create-realm')) return true
  for (const name of await deps.realms.names()) {
    const realm = await deps.realms.byName(name)
    if (realm && (await administrator.rolesFor(realm)).size > 0) return true
  }
  return false
}

/** The machine is shown to those who administer everything, the version also to those who manage their realm. */
async function systemOf({ clock }: AdminDeps, administrator: Administrator) {
  if (administrator.ofMaster && (await administrator.holdsRealmRole('admin'))) {
    return {
      systemInfo: systemDescription(clock.now()),
      cpuInfo: { processorCount: availableParallelism() },
      memoryInfo: memoryDescription(),
    }
  }
  const held = await administrator.rolesFor(administrator.realm)
  return held.has('manage-realm') ? { systemInfo: { version: exportFormatVersion } } : {}
}

function describeServer({ clusterReport }: AdminDeps) {
  return {
    profileInfo: {
      name: 'default',
      disabledFeatures: [],
      previewFeatures: [],
      experimentalFeatures: [],
    },
    features: [],
    cryptoInfo: {
      cryptoProvider: 'node:crypto',
      supportedKeystoreTypes: [],
      clientSignatureSymmetricAlgorithms: ['HS256', 'HS384', 'HS512'],
      clientSignatureAsymmetricAlgorithms: [
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
      ],
    },
    themes: themes(),
    socialProviders: [],
    identityProviders: [],
    clientImporters: [],
    providers: {
      ...providers,
      connectionsInfinispan: {
        internal: true,
        providers: { default: { order: 0, operationalInfo: clusterReport() } },
      },
    },
    protocolMapperTypes: mapperTypes(),
    builtinProtocolMappers: { 'openid-connect': [], saml: [], 'docker-v2': [] },
    clientInstallations: { 'openid-connect': [], saml: [], 'docker-v2': [] },
    componentTypes,
    passwordPolicies: passwordRules.map(({ problem: _, ...description }) => description),
    enums: {
      eventType: eventTypes,
      operationType: operationTypeNames,
      resourceType: resourceTypeNames,
    },
    parameterizedScopeTypes: [],
  }
}

/** `version` is the version of Keycloak whose interface this is: clients compare it. */
function systemDescription(now: number) {
  const uptimeMillis = Math.floor(process.uptime() * 1000)
  return {
    version: exportFormatVersion,
    serverTime: new Date(now).toUTCString(),
    uptime: uptimeText(uptimeMillis),
    uptimeMillis,
    javaRuntime: `Node.js ${process.version}`,
    osName: process.platform,
    osArchitecture: process.arch,
    fileEncoding: 'UTF-8',
    userTimezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userLocale: Intl.DateTimeFormat().resolvedOptions().locale,
  }
}

function uptimeText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3_600)
  const minutes = Math.floor((seconds % 3_600) / 60)
  return `${days} days, ${hours} hours, ${minutes} minutes, ${seconds % 60} seconds`
}

function memoryDescription() {
  const total = totalmem()
  const used = process.memoryUsage.rss()
  const free = total - used
  const formatted = (bytes: number) => `${Math.round(bytes / bytesPerMegabyte)} MB`
  return {
    total,
    totalFormated: formatted(total),
    used,
    usedFormated: formatted(used),
    free,
    freePercentage: Math.round((free / total) * 100),
    freeFormated: formatted(free),
  }
}

function themes() {
  const locales = ['en', 'de', 'fr']
  const own = [{ name: 'holdfast', locales }]
  return { login: own, account: own, admin: own, email: own, common: own, welcome: own }
}

function mapperTypes() {
  const entries = Object.entries(protocolMapperTypes).map(([protocol, ids]) => [
    protocol,
    ids.map((id) => ({ id, name: id, category: 'Token mapper', priority: 0, properties: [] })),
  ])
  return Object.fromEntries(entries)
}
