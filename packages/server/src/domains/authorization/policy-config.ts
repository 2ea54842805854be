/** Members of a typed policy's representation, and the settings that they are kept as. */
type Member = readonly [member: string, setting: string, kind: 'json' | 'text' | 'flag']

const time: readonly Member[] = [
  ['notBefore', 'nbf', 'text'],
  ['notOnOrAfter', 'noa', 'text'],
  ...[
    'dayMonth',
    'dayMonthEnd',
    'month',
    'monthEnd',
    'year',
    'yearEnd',
    'hour',
    'hourEnd',
    'minute',
    'minuteEnd',
  ].map((name): Member => [name, name, 'text']),
]

const membersByType: Readonly<Record<string, readonly Member[]>> = {
  aggregate: [],
  client: [['clients', 'clients', 'json']],
  'client-scope': [['clientScopes', 'clientScopes', 'json']],
  group: [
    ['groupsClaim', 'groupsClaim', 'text'],
    ['groups', 'groups', 'json'],
  ],
  regex: [
    ['targetClaim', 'targetClaim', 'text'],
    ['pattern', 'pattern', 'text'],
    ['targetContextAttributes', 'targetContextAttributes', 'flag'],
  ],
  resource: [['resourceType', 'defaultResourceType', 'text']],
  role: [
    ['roles', 'roles', 'json'],
    ['fetchRoles', 'fetchRoles', 'flag'],
  ],
  scope: [['resourceType', 'defaultResourceType', 'text']],
  time,
  user: [['users', 'users', 'json']],
}

/** Providers of policies, as consoles list them. */
export const policyProviders = [
  { type: 'regex', name: 'Regex', group: 'Identity Based' },
  { type: 'role', name: 'Role', group: 'Identity Based' },
  { type: 'resource', name: 'Resource-Based', group: 'Permission' },
  { type: 'scope', name: 'Scope-Based', group: 'Permission' },
  { type: 'client', name: 'Client', group: 'Identity Based' },
  { type: 'time', name: 'Time', group: 'Time Based' },
  { type: 'user', name: 'User', group: 'Identity Based' },
  { type: 'client-scope', name: 'Client Scope', group: 'Identity Based' },
  { type: 'group', name: 'Group', group: 'Identity Based' },
  { type: 'aggregate', name: 'Aggregated', group: 'Others' },
] as const

/** Types whose policies are listed by type; those of `uma` come from the owners of resources. */
export const policyTypes: readonly string[] = [...Object.keys(membersByType), 'uma']

/** @returns whether there is such a type of policy or permission */
export function isPolicyType(type: string): boolean {
  return Object.hasOwn(membersByType, type)
}

/** @returns the settings that the members of a typed representation are kept as; what is left out stays away */
export function configOf(type: string, body: Readonly<Record<string, unknown>>) {
  const config: Record<string, string> = {}
  for (const [member, setting, kind] of membersByType[type] ?? []) {
    const value = body[member]
    if (value === undefined || value === null) continue
    config[setting] = kind === 'json' ? JSON.stringify(value) : String(value)
  }
  if (type === 'regex') config['targetContextAttributes'] ??= 'false'
  return config
}

/** @returns the members of a typed representation */
export function typedMembers(
  type: string,
  config: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const [member, setting, kind] of membersByType[type] ?? []) {
    const text = config[setting]
    if (text === undefined) continue
    members[member] = kind === 'json' ? listOf(text) : kind === 'flag' ? text === 'true' : text
  }
  return members
}

/** @returns a list that is kept as JSON; empty when it cannot be read */
export function listOf(text: string | undefined): unknown[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}
