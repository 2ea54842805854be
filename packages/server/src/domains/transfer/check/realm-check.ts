import type { RealmKeyStores } from '../../../key-stores/realm-key-stores.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { KeyStock } from '../../keys/key-stock.ts'
import type { Providers } from '../../providers/providers.ts'
import { ModelError } from '../../realms/model-error.ts'
import { realmMemberTypes } from '../../realms/realm-members.ts'
import { user as userSchema } from '../../users/user-schema.ts'
import { completeRealm } from '../complete-realm.ts'
import type { CompleteRealm } from '../complete-representation.ts'
import { type FoundRealm, usersOf } from '../import-files.ts'
import { importNotices } from '../import-notices.ts'
import { withoutLegacyMembers } from '../migration/legacy-members.ts'
import type { PlaceholderValues } from '../placeholders.ts'
import { withReadClients } from '../read-clients.ts'
import {
  clientRows,
  clientScopeRows,
  compositePairs,
  groupRows,
  roleRows,
  scopeMappingPairs,
} from '../realm-rows.ts'
import { readRealm } from '../representation-shape.ts'
import type { Finding, RealmReport } from './finding.ts'
import { flowFindings } from './flow-check.ts'
import { UserCheck } from './user-check.ts'

export interface RealmCheckDeps {
  readonly providers: Providers
  readonly keyStock: Pick<KeyStock, 'take'>
  readonly keyStores: Pick<RealmKeyStores, 'key'>
  readonly clock: Clock
  readonly placeholders: PlaceholderValues
}

/** Beyond the schemas: members of users of former versions, which are taken over. */
const userMembers = new Set(Object.keys(userSchema.shape))
/** Notices of an import that only say that something does not act. */
const idleNotice = /is configuration only/
const placeholderLeft = /\$\{env\.[^}]*\}/g

/**
 * Looks at realms of files as an import would, and touches nothing: what acts, what is configuration only, what cannot be
 * understood and what would be refused.
 */
export class RealmCheck {
  readonly #deps: RealmCheckDeps

  constructor(deps: RealmCheckDeps) {
    this.#deps = deps
  }

  async check(found: FoundRealm): Promise<RealmReport> {
    const findings: Finding[] = []
    try {
      const read = withReadClients(withoutLegacyMembers(readRealm(found.realm)))
      findings.push(...givenFindings(found))
      const realm = await completeRealm(read, this.#deps)
      findings.push(...this.#realmFindings(realm))
      findings.push(...(await this.#userFindings(found, realm)))
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      findings.push({ severity: 'blocks', subject: 'realm', text: error.message })
    }
    const { file, userCount: users } = found
    return { file, realm: found.realm.realm, users, findings }
  }

  #realmFindings(realm: CompleteRealm): Finding[] {
    const { keyStores, providers } = this.#deps
    const notices = importNotices(realm, keyStores).map((notice): Finding => {
      const text = notice.replace(`Realm ${realm.realm}: `, '')
      const severity = idleNotice.test(text) ? 'idle' : 'blocks'
      return { severity, subject: text.split(' ')[0] ?? '', text }
    })
    return [
      ...summaryOf(realm),
      ...notices,
      ...flowFindings(realm, providers),
      ...providerFindings(realm, providers),
      ...duplicates(realm),
      ...references(realm),
    ]
  }

  async #userFindings(found: FoundRealm, realm: CompleteRealm): Promise<Finding[]> {
    const users = new UserCheck({
      clientIds: new Set(realm.clients.map(({ clientId }) => clientId)),
      groupPaths: new Set(pathsOf(realm.groups ?? [], '')),
      duplicateEmailsAllowed: realm['duplicateEmailsAllowed'] === true,
      members: userMembers,
    })
    for await (const some of usersOf(found, this.#deps.placeholders)) await users.look(some)
    return users.findings()
  }
}

function summaryOf(realm: CompleteRealm): Finding[] {
  const counts = {
    clients: realm.clients.length,
    'client scopes': realm.clientScopes?.length ?? 0,
    'realm roles': realm.roles.realm.length,
    groups: pathsOf(realm.groups ?? [], '').length,
    flows: realm.authenticationFlows?.length ?? 0,
    'identity providers': realm.identityProviders?.length ?? 0,
    organizations: realm.organizations?.length ?? 0,
  }
  const text = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  return [{ severity: 'acts', subject: 'realm', text: text.join(', ') }]
}

/** What the files say that is nobody's here: unknown members, and placeholders without a value. */
function givenFindings({ realm }: FoundRealm): Finding[] {
  const unknown = Object.keys(realm).filter((name) => !(name in realmMemberTypes))
  const left = new Set(JSON.stringify(realm).match(placeholderLeft) ?? [])
  return [
    ...unknown.map((name): Finding => {
      return { severity: 'differs', subject: 'realm', text: `member ${name} is unknown` }
    }),
    ...[...left].map((text): Finding => {
      return { severity: 'differs', subject: 'placeholder', text: `${text} has no value` }
    }),
  ]
}

function providerFindings(realm: CompleteRealm, providers: Providers): Finding[] {
  const ofKind = (kind: 'identity_provider' | 'social', id: string) =>
    providers.find(kind, id) ? providers.acts(kind, id) : undefined
  return (realm.identityProviders ?? []).flatMap((provider): Finding[] => {
    const id = String(provider['providerId'])
    const subject = 'identity provider'
    const acts = ofKind('identity_provider', id) ?? ofKind('social', id)
    if (acts === true) return []
    return acts === undefined
      ? [{ severity: 'blocks', subject, text: `${provider['alias']}: ${id} is unknown here` }]
      : [{ severity: 'idle', subject, text: `${provider['alias']} (${id}) is configuration only` }]
  })
}

function duplicates(realm: CompleteRealm): Finding[] {
  const lists: readonly (readonly [subject: string, values: readonly (string | undefined)[]])[] = [
    ['clientId', realm.clients.map(({ clientId }) => clientId)],
    ['id of a client', realm.clients.map(({ id }) => id)],
    ['client scope', (realm.clientScopes ?? []).map(({ name }) => name)],
    ['realm role', realm.roles.realm.map(({ name }) => name)],
    ...Object.entries(realm.roles.client).map(
      ([clientId, roles]) => [`role of ${clientId}`, roles.map(({ name }) => name)] as const,
    ),
    ['group', pathsOf(realm.groups ?? [], '')],
    ['flow', (realm.authenticationFlows ?? []).map(({ alias }) => alias)],
    ['identity provider', (realm.identityProviders ?? []).map(({ alias }) => String(alias))],
  ]
  return lists.flatMap(([subject, values]) => {
    const seen = new Set<string>()
    const twice = values.filter((value) => {
      if (value === undefined) return false
      if (seen.has(value)) return true
      seen.add(value)
      return false
    })
    return twice.map((value): Finding => {
      return { severity: 'blocks', subject, text: `${subject} ${value} is there twice` }
    })
  })
}

/** Follows every name that refers to another thing, as the import does before it writes. */
function references(realm: CompleteRealm): Finding[] {
  try {
    const clientUuids = new Map(clientRows(realm).map(({ clientId, id }) => [clientId, id]))
    const scopeIds = new Map(clientScopeRows(realm).map(({ name, id }) => [name, id]))
    const { ids } = roleRows(realm.roles, clientUuids)
    compositePairs(realm.roles, ids)
    scopeMappingPairs(realm, clientUuids, scopeIds, ids)
    groupRows(realm.groups ?? [], ids)
    return []
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return [{ severity: 'blocks', subject: 'reference', text: error.message }]
  }
}

type Groups = NonNullable<CompleteRealm['groups']>

function pathsOf(groups: Groups, above: string): string[] {
  return groups.flatMap(({ name, subGroups }) => {
    const path = `${above}/${name}`
    return [path, ...pathsOf(subGroups ?? [], path)]
  })
}
