import type { Clock } from '../../shared/clock.ts'
import type { ClientLifecycle } from '../client-lifecycle/client-lifecycle.ts'
import type { Client, ClientRepresentation } from '../clients/client.ts'
import type { GivenClient } from '../clients/client-reader.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { Realm } from '../realms/realm.ts'
import type { PolicyEnforcement } from './policy-enforcement.ts'
import type { ClientUpdater, PolicyEffects, ProposedClient } from './policy-occasion.ts'
import { withRotatedSecret } from './secret-rotation.ts'

export interface ClientChangesDeps {
  readonly policyEnforcement: Pick<PolicyEnforcement, 'enforce'>
  readonly clientLifecycle: Pick<ClientLifecycle, 'change' | 'renewSecret'>
  readonly clock: Clock
}

/** What client policies make of a client that somebody registers, changes, sees or removes. */
export class ClientChanges {
  readonly #deps: ClientChangesDeps

  constructor(deps: ClientChangesDeps) {
    this.#deps = deps
  }

  /** @returns the client as the policies configure it @throws ClientPolicyRefusal */
  async registering(
    realm: Realm,
    given: GivenClient,
    updater: ClientUpdater,
  ): Promise<GivenClient> {
    const proposed = proposedOf(given)
    const change = { event: 'REGISTER', realm, client: null, proposed, updater } as const
    await this.#deps.policyEnforcement.enforce(change)
    return { ...given, members: membersOf(proposed) }
  }

  /**
   * @returns what was given and what the policies add to it, and what else they ask for
   * @throws ClientPolicyRefusal
   */
  async updating(
    realm: Realm,
    client: Client,
    given: GivenClient,
    updater: ClientUpdater,
  ): Promise<{ readonly given: GivenClient; readonly effects: PolicyEffects }> {
    const { attributes: present } = client.representation
    const { attributes: changed } = given.members
    const proposed = structuredClone({
      ...client.representation,
      ...given.members,
      attributes: { ...present, ...changed },
    })
    const before = structuredClone(proposed)
    const change = { event: 'UPDATE', realm, client, proposed, updater } as const
    const effects = await this.#deps.policyEnforcement.enforce(change)
    const added = differences(before, proposed)
    return { given: { ...given, members: { ...given.members, ...added } }, effects }
  }

  /** Told of a client that was saved: its secret may have a time now. */
  async saved(
    realm: Realm,
    client: Client,
    updater: ClientUpdater,
    event: 'REGISTERED' | 'UPDATED',
  ): Promise<void> {
    const { rotatesSecret: rotation } = await this.#enforce(event, realm, client, updater)
    if (!rotation) return
    const why = updater.by === 'ByRegistrationAccessToken' ? 'registration' : 'saved'
    const { clock } = this.#deps
    if (withRotatedSecret(client, rotation, why, clock) === client) return
    await this.#deps.clientLifecycle.change(realm, client.id, (present) =>
      withRotatedSecret(present, rotation, why, clock),
    )
  }

  /** Gives a client a new secret; the one before it counts for a while where the policies say so. @returns the new one */
  async renewSecret(
    realm: Realm,
    client: Client,
    updater: ClientUpdater,
    trace: AdminTrace,
  ): Promise<string> {
    const { rotatesSecret: rotation } = await this.#enforce('UPDATED', realm, client, updater)
    const { clientLifecycle, clock } = this.#deps
    if (!rotation) return await clientLifecycle.renewSecret(realm, client.id, trace)
    let secret = ''
    await clientLifecycle.change(
      realm,
      client.id,
      (present) => {
        const next = withRotatedSecret(present, rotation, 'renewed', clock)
        secret = next.representation.secret ?? ''
        return next
      },
      trace,
    )
    return secret
  }

  /** @throws ClientPolicyRefusal where somebody may not see or remove a client */
  async touching(
    realm: Realm,
    client: Client,
    updater: ClientUpdater,
    event: 'VIEW' | 'UNREGISTER',
  ): Promise<void> {
    await this.#enforce(event, realm, client, updater)
  }

  async #enforce(
    event: 'REGISTERED' | 'UPDATED' | 'VIEW' | 'UNREGISTER',
    realm: Realm,
    client: Client,
    updater: ClientUpdater,
  ): Promise<PolicyEffects> {
    const proposed = proposedOf({ clientId: client.clientId, members: client.representation })
    return await this.#deps.policyEnforcement.enforce({ event, realm, client, proposed, updater })
  }
}

function proposedOf({ clientId, members }: Pick<GivenClient, 'clientId' | 'members'>) {
  const proposed: ProposedClient = structuredClone(members)
  if (clientId !== undefined) proposed.clientId = clientId
  return proposed
}

function membersOf(proposed: ProposedClient): ClientRepresentation {
  const { clientId: _, ...members } = proposed
  return members
}

/** Members that executors have set. */
function differences(before: ProposedClient, after: ProposedClient): ClientRepresentation {
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  )
  return Object.fromEntries(changed) as ClientRepresentation
}
