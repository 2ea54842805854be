import type { Transaction } from '../../database/database.ts'
import type { ClientLifecycle } from '../client-lifecycle/client-lifecycle.ts'
import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import type { Mails } from '../mails/mails.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { UserId } from '../typed-ids.ts'
import type { UserLifecycle } from '../user-lifecycle/user-lifecycle.ts'
import type { FederatedIdentities } from '../users/federated-identities.ts'
import { changedActions } from '../users/required-action-ids.ts'
import type { User } from '../users/user.ts'
import type { UserMembershipChanges } from '../users/user-membership-changes.ts'
import type { Users } from '../users/users.ts'
import type { ActingStep } from './acting-workflow.ts'
import type { NamedRoles } from './named-roles.ts'
import { workflowNotice } from './workflow-notice.ts'
import type { WorkflowResource } from './workflow-run.ts'

export interface WorkflowStepsDeps {
  readonly users: Pick<Users, 'lockedIn' | 'changeIn'>
  readonly userLifecycle: Pick<UserLifecycle, 'removeIn'>
  readonly userMemberships: Pick<
    UserMembershipChanges,
    'addRolesIn' | 'removeRolesIn' | 'joinIn' | 'leaveIn'
  >
  readonly federatedIdentities: Pick<FederatedIdentities, 'ofUser' | 'removeIn'>
  readonly groups: Pick<Groups, 'byPath'>
  readonly namedRoles: NamedRoles
  readonly sessions: Pick<Sessions, 'endAllOfIn'>
  readonly clients: Pick<Clients, 'byIds' | 'changeIn'>
  readonly clientLifecycle: Pick<ClientLifecycle, 'removeIn'>
  readonly mails: Pick<Mails, 'ask' | 'canSend'>
  /** Told of what a step is asked for and cannot do: the run goes on, as in Keycloak. */
  readonly warn: (text: string) => void
}

/** A step with what is around it. */
export interface StepCall {
  readonly realm: Realm
  readonly step: ActingStep
  readonly next: ActingStep | null
}

/** Beginnings of the settings that every step has: Keycloak takes no attribute of such a name. */
const ownSettings = ['after', 'priority']
/** Required actions that workflows may name: the ones of Keycloak's model. */
const actions: ReadonlySet<string> = new Set([
  'VERIFY_EMAIL',
  'UPDATE_PROFILE',
  'CONFIGURE_TOTP',
  'CONFIGURE_RECOVERY_AUTHN_CODES',
  'UPDATE_PASSWORD',
  'TERMS_AND_CONDITIONS',
  'VERIFY_PROFILE',
  'UPDATE_EMAIL',
])

/**
 * What the steps of workflows do, in the transaction that says that they are done: each is done once, or not at all. As in
 * Keycloak, nothing is checked against the user profile, and no administrator is told of as the author.
 */
export class WorkflowSteps {
  readonly #deps: WorkflowStepsDeps

  constructor(deps: WorkflowStepsDeps) {
    this.#deps = deps
  }

  /** @returns whether there is still somebody to go on with. @throws ModelError for what it cannot do */
  async perform(tx: Transaction, call: StepCall, resource: WorkflowResource): Promise<boolean> {
    if (resource.type === 'CLIENTS') return await this.#onClient(tx, call, resource.clientUuid)
    const user = await this.#deps.users.lockedIn(tx, call.realm.id, resource.userId)
    if (user === null) return false
    if (call.step.uses === 'delete-user') {
      await this.#deps.userLifecycle.removeIn(tx, call.realm, user)
      return false
    }
    await this.#onUser(tx, call, user)
    return true
  }

  async #onClient(tx: Transaction, { realm, step }: StepCall, id: string): Promise<boolean> {
    const { clients, clientLifecycle } = this.#deps
    const [client] = await clients.byIds(realm.id, [id])
    if (!client) return false
    if (step.uses === 'delete-client') {
      await clientLifecycle.removeIn(tx, realm, client)
      return false
    }
    await clients.changeIn(tx, realm.id, id, (present) => ({ ...present, enabled: false }))
    return true
  }

  async #onUser(tx: Transaction, call: StepCall, user: User): Promise<void> {
    const { realm, step } = call
    switch (step.uses) {
      case 'disable-user':
        return await this.#disable(tx, realm, user)
      case 'set-user-attribute':
        return await this.#change(tx, realm, user.id, (present) => withAttributes(present, step))
      case 'remove-user-attribute':
        return await this.#change(tx, realm, user.id, (present) => withoutAttributes(present, step))
      case 'add-required-action':
      case 'remove-required-action':
        return await this.#changeActions(tx, call, user)
      case 'grant-role':
      case 'revoke-role':
        return await this.#changeRoles(tx, call, user)
      case 'join-group':
      case 'leave-group':
        return await this.#changeGroups(tx, call, user)
      case 'unlink-user':
        return await this.#unlink(tx, step, user)
      case 'notify-user':
        return await this.#notify(tx, call, user)
      default:
        throw new ModelError('invalid', `Could not find step provider: ${step.uses}`)
    }
  }

  /** Their sessions end, as when an administrator disables somebody. */
  async #disable(tx: Transaction, realm: Realm, user: User): Promise<void> {
    if (!user.enabled) return
    await this.#change(tx, realm, user.id, (present) => ({ ...present, enabled: false }))
    await this.#deps.sessions.endAllOfIn(tx, realm, user.id)
  }

  async #change(
    tx: Transaction,
    realm: Realm,
    id: UserId,
    change: (user: User) => User,
  ): Promise<void> {
    await this.#deps.users.changeIn(tx, realm, id, change)
  }

  async #changeActions(tx: Transaction, { realm, step }: StepCall, user: User): Promise<void> {
    const given = step.config['action']?.[0] ?? ''
    const adds = step.uses === 'add-required-action'
    const action = adds ? given.replaceAll('-', '_').toUpperCase() : given
    if (!actions.has(action)) {
      this.#deps.warn(`Realm ${realm.name}: ${step.uses} names an action that is none: ${given}`)
      return
    }
    await this.#change(tx, realm, user.id, (present) => {
      const others = present.requiredActions.filter((one) => one !== action)
      const asked = adds ? [...others, action] : others
      return { ...present, requiredActions: changedActions(others, asked) }
    })
  }

  async #changeRoles(tx: Transaction, { realm, step }: StepCall, user: User): Promise<void> {
    const { namedRoles, userMemberships, warn } = this.#deps
    for (const name of step.config['role'] ?? []) {
      const role = await namedRoles.find(realm, name)
      if (!role) {
        warn(`Realm ${realm.name}: ${step.uses} names a role that is not there: ${name}`)
        return
      }
      if (step.uses === 'grant-role') await userMemberships.addRolesIn(tx, user, [role.id])
      else await userMemberships.removeRolesIn(tx, user, [role.id])
    }
  }

  async #changeGroups(tx: Transaction, { realm, step }: StepCall, user: User): Promise<void> {
    const { groups, userMemberships, warn } = this.#deps
    for (const path of step.config['group'] ?? []) {
      const group = await groups.byPath(realm.id, path)
      if (!group) {
        warn(`Realm ${realm.name}: ${step.uses} names a group that is not there: ${path}`)
        return
      }
      if (step.uses === 'join-group') await userMemberships.joinIn(tx, user, group.id)
      else await userMemberships.leaveIn(tx, user, group.id)
    }
  }

  /** `*` is every identity provider. */
  async #unlink(tx: Transaction, step: ActingStep, user: User): Promise<void> {
    const { federatedIdentities } = this.#deps
    const asked = (step.config['idp'] ?? []).map((alias) => alias.trim())
    const links = await federatedIdentities.ofUser(user.id)
    for (const { identityProvider } of links) {
      if (!asked.includes('*') && !asked.includes(identityProvider)) continue
      await federatedIdentities.removeIn(tx, user, identityProvider)
    }
  }

  async #notify(tx: Transaction, call: StepCall, user: User): Promise<void> {
    const { mails, warn } = this.#deps
    const content = workflowNotice(call, user)
    if (content === null) {
      warn(`Realm ${call.realm.name}: ${user.username} has no address for a workflow's mail`)
    } else if (mails.canSend(call.realm)) {
      await mails.ask(tx, call.realm, content)
    } else {
      warn(`Realm ${call.realm.name}: no mail server for a workflow's mail`)
    }
  }
}

function withAttributes(user: User, { config }: ActingStep): User {
  const given = Object.entries(config).filter(
    ([name]) => !ownSettings.some((own) => name.startsWith(own)),
  )
  return given.reduce((changed, [name, values]) => withAttribute(changed, name, values), user)
}

function withoutAttributes(user: User, { config }: ActingStep): User {
  return (config['attribute'] ?? []).reduce(
    (changed, name) => withAttribute(changed, name, []),
    user,
  )
}

/** Keycloak keeps four of them as members of the user; a user name cannot go. */
function withAttribute(user: User, name: string, values: readonly string[]): User {
  const [first = null] = values
  switch (name) {
    case 'username':
      return first === null ? user : { ...user, username: first.toLowerCase() }
    case 'email':
      return { ...user, email: first?.toLowerCase() ?? null }
    case 'firstName':
    case 'lastName':
      return { ...user, [name]: first }
    default: {
      const { [name]: _, ...others } = user.attributes
      return {
        ...user,
        attributes: values.length > 0 ? { ...others, [name]: [...values] } : others,
      }
    }
  }
}
