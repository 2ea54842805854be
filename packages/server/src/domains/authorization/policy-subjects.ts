import { ownMember } from '../../shared/own-member.ts'
import { ModelError } from '../realms/model-error.ts'
import { listOf } from './policy-config.ts'

type Config = Readonly<Record<string, string>>

interface Named {
  readonly id?: string
  readonly path?: string
  readonly required?: boolean
  readonly extendChildren?: boolean
}

/** Where policies find whom they are about. Each takes an id or a name and returns an id, null for what is not there. */
export interface PolicySubjects {
  userId(given: string): Promise<string | null>
  clientId(given: string): Promise<string | null>
  /** @param given `name` of a realm role, `client/name`, or an id */
  roleId(given: string): Promise<string | null>
  groupId(group: { readonly id?: string; readonly path?: string }): Promise<string | null>
  clientScopeId(given: string): Promise<string | null>
}

/**
 * @param type of the policy
 * @returns its settings with ids in place of names; roles and groups that are not there stay as they are, as in Keycloak
 * @throws ModelError `invalid` for a user, client or client scope that is not there
 */
export async function withSubjectIds(
  subjects: PolicySubjects,
  type: string,
  config: Config,
): Promise<Config> {
  const setting = ownMember(subjectSettings, type)
  if (setting === undefined || config[setting] === undefined) return config
  const list: unknown[] = []
  for (const given of listOf(config[setting])) list.push(await subjectOf(subjects, type, given))
  return { ...config, [setting]: JSON.stringify(list) }
}

/** Settings that say whom policies are about, by type. */
export const subjectSettings: Readonly<Record<string, string>> = {
  user: 'users',
  client: 'clients',
  role: 'roles',
  group: 'groups',
  'client-scope': 'clientScopes',
}

async function subjectOf(subjects: PolicySubjects, type: string, given: unknown) {
  if (type === 'user') return present('User', given, await subjects.userId(String(given)))
  if (type === 'client') return present('Client', given, await subjects.clientId(String(given)))
  const { id = '', path, required = false, extendChildren = false } = (given ?? {}) as Named
  if (type === 'role') return { id: (await subjects.roleId(String(id))) ?? id, required }
  if (type === 'group') {
    const found = await subjects.groupId({ id, ...(path ? { path } : {}) })
    return found === null ? { ...(given as Named), extendChildren } : { id: found, extendChildren }
  }
  const scope = present('Client scope', id, await subjects.clientScopeId(String(id)))
  return { id: scope, required }
}

function present(what: string, given: unknown, id: string | null): string {
  if (id !== null) return id
  throw new ModelError('invalid', `${what} ${String(given).slice(0, 255)} not found`)
}
