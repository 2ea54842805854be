import type { Database, Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError } from '../realms/model-error.ts'
import { type InvitationListing, InvitationStore } from './invitation-store.ts'
import type { Organization, OrganizationInvitation } from './organization.ts'

/** Who is asked to become a member. */
export interface Invited {
  readonly email: string
  readonly firstName: string | null
  readonly lastName: string | null
}

export interface OrganizationInvitationsDeps {
  readonly database: Database
  readonly clock: Clock
}

/** Invitations to organizations. The row is the invitation: who takes it away has used it, once on all nodes. */
export class OrganizationInvitations {
  readonly #deps: OrganizationInvitationsDeps
  readonly #store = new InvitationStore()

  constructor(deps: OrganizationInvitationsDeps) {
    this.#deps = deps
  }

  /** One page, by id. */
  async list(listing: Omit<InvitationListing, 'now'>): Promise<OrganizationInvitation[]> {
    const { database, clock } = this.#deps
    return await this.#store.list(database, { ...listing, now: clock.now() })
  }

  async byId(
    { id: organizationId }: Pick<Organization, 'id'>,
    id: string,
  ): Promise<OrganizationInvitation | null> {
    const { database, clock } = this.#deps
    return await this.#store.byId(database, organizationId, id, clock.now())
  }

  /**
   * Writes an invitation in the caller's transaction; one to the same address that is over goes.
   * @param replaced id of an invitation that this one comes in the place of
   * @throws ModelError `missing` without `replaced`; `duplicate` when the address has an invitation that still holds
   */
  async inviteIn(
    tx: Transaction,
    organization: Pick<Organization, 'id' | 'realmId'>,
    person: Invited,
    lifespanSeconds: number,
    replaced?: string,
  ): Promise<OrganizationInvitation> {
    const { clock } = this.#deps
    const now = clock.now()
    const email = person.email.toLowerCase()
    // Of two at once the second one sees the first.
    await this.#store.lock(tx, organization.id)
    if (replaced !== undefined) await this.takeIn(tx, organization, replaced)
    await this.#store.removeOver(tx, organization.id, email, now)
    const pending = await this.#store.byEmail(tx, organization.id, email, now)
    if (pending !== null) {
      throw new ModelError('duplicate', 'User already has a pending invitation')
    }
    const invitation = {
      ...person,
      email,
      id: newUuid(),
      organizationId: organization.id,
      sentAt: now,
      expiresAt: now + lifespanSeconds * 1000,
      status: 'PENDING' as const,
    }
    await this.#store.insert(tx, organization.realmId, invitation)
    return invitation
  }

  /** Uses an invitation up, in the caller's transaction. @throws ModelError `missing` when somebody has before */
  async takeIn(
    tx: Transaction,
    { id: organizationId }: Pick<Organization, 'id'>,
    id: string,
  ): Promise<void> {
    if (await this.#store.remove(tx, organizationId, id)) return
    throw new ModelError('missing', 'Invitation not found')
  }

  /** @throws ModelError `missing` */
  async remove(organization: Organization, id: string, trace?: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.takeIn(tx, organization, id)
      await trace?.(tx)
    })
  }
}
