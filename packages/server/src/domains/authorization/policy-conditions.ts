import { ownMember } from '../../shared/own-member.ts'
import type { ClientUuid, UserId } from '../typed-ids.ts'
import { listOf } from './policy-config.ts'
import type { OwnerCondition, Policy } from './resource-server.ts'

/** Who asks, and when. */
export interface Identity {
  /** Of a user; of a client that protects resources where it asks for itself. */
  readonly id: string
  readonly userId: UserId
  /** Of the client that the token was issued to. */
  readonly clientUuid: ClientUuid
  /** What the token shows, or everything that is held where there is no token. */
  readonly roleIds: ReadonlySet<string>
  /** Everything that is held, composites included. */
  readonly heldRoleIds: ReadonlySet<string>
  /** Groups that the user is directly in. */
  readonly groups: readonly { readonly id: string; readonly path: string }[]
  /** Client scopes that were granted. */
  readonly clientScopeIds: ReadonlySet<string>
  /** What tokens would say of the user, by name of the claim. */
  readonly claims: Readonly<Record<string, readonly string[]>>
  /** Of the request: address, time, …, and what was given beside it. */
  readonly context: Readonly<Record<string, readonly string[]>>
  readonly now: Date
}

export interface EvaluationDeps {
  /** Whether a pattern of an administrator matches all of a text; undefined where that is not known. */
  readonly verdict: (pattern: string, text: string) => Promise<boolean | undefined>
  /** @returns paths of groups by id */
  readonly groupPath: (id: string) => Promise<string | undefined>
}

type Condition = Pick<Policy, 'type' | 'config'>

/** Nobody knows whether a policy is met: by its type or pattern, or because policies apply one another without end. */
export class Undecided extends Error {
  override readonly name = 'Undecided'
}

/** Whether a condition is met. @throws Undecided */
export async function isMet(
  { type, config }: Condition,
  identity: Identity,
  deps: EvaluationDeps,
): Promise<boolean> {
  switch (type) {
    case 'user':
      return listOf(config['users']).includes(identity.id)
    case 'client':
      return listOf(config['clients']).includes(identity.clientUuid)
    case 'role': {
      const held = config['fetchRoles'] === 'true' ? identity.heldRoleIds : identity.roleIds
      return holds(listOf(config['roles']), held)
    }
    case 'client-scope':
      return holds(listOf(config['clientScopes']), identity.clientScopeIds)
    case 'group':
      return await isInGroup(config, identity, deps)
    case 'time':
      return isWithin(config, identity.now)
    case 'regex':
      return await matches(config, identity, deps)
    default:
      throw new Undecided()
  }
}

/** Whether a condition of an owner's policy is met. */
export async function isOwnerConditionMet(
  { type, ids }: OwnerCondition,
  identity: Identity,
): Promise<boolean> {
  switch (type) {
    case 'user':
      return ids.includes(identity.id)
    case 'client':
      return ids.includes(identity.clientUuid)
    case 'role':
      return ids.some((id) => identity.roleIds.has(id))
    case 'group':
      return identity.groups.some(({ id }) => ids.includes(id))
  }
}

/** By the claim that the policy names, where the token has it, else by the groups that the user is in. */
async function isInGroup(
  { groupsClaim, groups: given }: Policy['config'],
  identity: Identity,
  deps: EvaluationDeps,
): Promise<boolean> {
  const claimed = groupsClaim ? (identity.claims[groupsClaim] ?? []) : []
  const paths = claimed.length > 0 ? claimed : identity.groups.map(({ path }) => path)
  for (const { id, extendChildren } of listOf(given) as {
    id?: string
    extendChildren?: boolean
  }[]) {
    const path = id === undefined ? undefined : await deps.groupPath(id)
    if (!path) continue
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (paths.some((each) => each === path || each === name)) return true
    if (extendChildren && paths.some((each) => each.startsWith(`${path}/`))) return true
  }
  return false
}

async function matches(
  { targetClaim = '', pattern = '', targetContextAttributes }: Policy['config'],
  { claims, context }: Identity,
  deps: EvaluationDeps,
): Promise<boolean> {
  const values = targetContextAttributes === 'true' ? context : claims
  const [name = '', ...path] = targetClaim.split('.')
  const [first] = ownMember(values, name) ?? []
  const text = first === undefined || path.length === 0 ? first : memberOf(first, path)
  if (text === undefined) return false
  const verdict = await deps.verdict(pattern, text)
  if (verdict === undefined) throw new Undecided()
  return verdict
}

/** A dotted name is a way into a claim that is an object. */
function memberOf(json: string, path: readonly string[]): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  for (const name of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'string' ? value : value === undefined ? undefined : JSON.stringify(value)
}

/** One of them, and all that are required. */
function holds(wanted: readonly unknown[], held: ReadonlySet<string>): boolean {
  const entries = wanted as { id?: string; required?: boolean }[]
  if (entries.some(({ id = '', required }) => required && !held.has(id))) return false
  return entries.some(({ id = '' }) => held.has(id))
}

/** `yyyy-MM-dd HH:mm:ss` bounds, and ranges of single fields; what is no time is not met. */
function isWithin(config: Policy['config'], now: Date): boolean {
  const { nbf, noa } = config
  if (nbf && !(Date.parse(nbf.replace(' ', 'T')) <= now.getTime())) return false
  if (noa && !(now.getTime() < Date.parse(noa.replace(' ', 'T')))) return false
  const fields = [
    ['dayMonth', now.getDate()],
    ['month', now.getMonth() + 1],
    ['year', now.getFullYear()],
    ['hour', now.getHours()],
    ['minute', now.getMinutes()],
  ] as const
  return fields.every(([name, value]) => {
    const from = config[name]
    if (!from) return true
    const to = config[`${name}End`] || from
    return Number(from) <= value && value <= Number(to)
  })
}
