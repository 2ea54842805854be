import { credentialRow } from '../../credentials/credential-import.ts'
import { isComparable } from '../../credentials/password/password-hashes.ts'
import { ModelError } from '../../realms/model-error.ts'
import { withoutLegacyUserMembers } from '../migration/legacy-members.ts'
import type { UserRepresentation } from '../representation.ts'
import { readUsers } from '../representation-shape.ts'
import type { Finding } from './finding.ts'

/** What users may refer to. */
export interface KnownNames {
  readonly clientIds: ReadonlySet<string>
  readonly groupPaths: ReadonlySet<string>
  readonly duplicateEmailsAllowed: boolean
  /** Members of a user that mean something. */
  readonly members: ReadonlySet<string>
}

/** Users whose names are told of one kind of finding; of all others there is the number. */
const namedMax = 5
/** A password that is not hashed yet can always be. */
const freshHash = { secretData: { fresh: true }, credentialData: {} }

/** Looks at users one after the other, and keeps of each no more than its names. */
export class UserCheck {
  readonly #known: KnownNames
  readonly #usernames = new Set<string>()
  readonly #emails = new Set<string>()
  readonly #ids = new Set<string>()
  /** What was found, with how often and of whom. */
  readonly #found = new Map<
    string,
    { severity: Finding['severity']; count: number; of: string[] }
  >()

  constructor(known: KnownNames) {
    this.#known = known
  }

  async look(users: readonly UserRepresentation[]): Promise<void> {
    for (const given of users) {
      const name = String((given as { username?: unknown }).username ?? '')
      try {
        const [user] = readUsers([given])
        if (user) await this.#lookAt(name, withoutLegacyUserMembers(user))
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        this.#add('blocks', error.message.replace(/representation: 0\./, 'representation: '), name)
      }
    }
  }

  /** @returns a finding of each kind, with how many users it is about */
  findings(): Finding[] {
    return [...this.#found].map(([text, { severity, count, of }]) => ({
      severity,
      subject: 'user',
      text: `${text}: ${count} ${count === 1 ? 'user' : 'users'} (${of.join(', ')}${count > of.length ? ', …' : ''})`,
    }))
  }

  async #lookAt(name: string, user: UserRepresentation): Promise<void> {
    const { clientIds, groupPaths, duplicateEmailsAllowed, members } = this.#known
    if (name === '') this.#add('blocks', 'has no user name', user.id ?? '?')
    this.#once(this.#usernames, name.toLowerCase(), 'user name is taken by another', name)
    if (user.id !== undefined) this.#once(this.#ids, user.id, 'id is taken by another', name)
    if (user.email && !duplicateEmailsAllowed) {
      this.#once(this.#emails, user.email.toLowerCase(), 'e-mail is taken by another', name)
    }
    for (const path of user.groups ?? []) {
      const whole = path.startsWith('/') ? path : `/${path}`
      if (!groupPaths.has(whole)) this.#add('blocks', `group ${whole} is not there`, name)
    }
    const referred = [
      ...Object.keys(user.clientRoles ?? {}),
      ...(user.clientConsents ?? []).map(({ clientId }) => clientId),
    ]
    for (const clientId of referred) {
      if (!clientIds.has(clientId)) this.#add('blocks', `client ${clientId} is not there`, name)
    }
    for (const member of Object.keys(user)) {
      if (!members.has(member)) this.#add('differs', `member ${member} is unknown`, name)
    }
    await this.#lookAtCredentials(name, user)
  }

  async #lookAtCredentials(name: string, user: UserRepresentation): Promise<void> {
    for (const [index, credential] of (user.credentials ?? []).entries()) {
      const row = await credentialRow('', index, credential, async () => freshHash, 0)
      if (!row) this.#add('differs', `a credential (${credential.type}) has no content`, name)
      if (row?.type !== 'password') continue
      const problem = passwordProblem(row.secretData, row.credentialData)
      if (problem !== undefined) this.#add('blocks', problem, name)
    }
  }

  #once(seen: Set<string>, value: string, text: string, name: string): void {
    if (seen.has(value)) this.#add('blocks', text, name)
    seen.add(value)
  }

  #add(severity: Finding['severity'], text: string, name: string): void {
    const found = this.#found.get(text) ?? { severity, count: 0, of: [] }
    found.count += 1
    if (found.of.length < namedMax) found.of.push(name)
    this.#found.set(text, found)
  }
}

function passwordProblem(secret: string, open: string): string | undefined {
  try {
    const stored = { secretData: JSON.parse(secret), credentialData: JSON.parse(open) }
    if (stored.secretData?.fresh === true || isComparable(stored)) return undefined
    return `password hash cannot be read (algorithm ${String(stored.credentialData?.algorithm).slice(0, 100)})`
  } catch {
    return 'password hash is not JSON'
  }
}
