import type { Database, Transaction } from '../../database/database.ts'
import type { MembershipType, Organization } from '../organizations/organization.ts'
import type { OrganizationInvitations } from '../organizations/organization-invitations.ts'
import type { Organizations } from '../organizations/organizations.ts'
import type { Realm } from '../realms/realm.ts'
import type { OrganizationId, UserId } from '../typed-ids.ts'
import type { UserMembershipChanges } from '../users/user-membership-changes.ts'

/** What the link of an invitation says. */
export interface InvitationLink {
  readonly invitationId: string
  readonly organizationId: OrganizationId
}

/** Whether somebody may join by an invitation. */
export type InvitationAnswer =
  | { readonly kind: 'open'; readonly organization: Organization }
  /** Keycloak's error of the event, and the text that says so. */
  | {
      readonly kind: 'refused'
      readonly error: string
      readonly key: string
      readonly params: string[]
    }

export interface InvitedMembersDeps {
  readonly database: Database
  readonly organizations: Pick<Organizations, 'byId' | 'membershipTypes'>
  readonly organizationInvitations: Pick<OrganizationInvitations, 'byId' | 'takeIn'>
  readonly userMemberships: Pick<UserMembershipChanges, 'joinOrganizationIn'>
}

/** How those who were invited become members: the membership and the end of the invitation are one transaction. */
export class InvitedMembers {
  readonly #deps: InvitedMembersDeps

  constructor(deps: InvitedMembersDeps) {
    this.#deps = deps
  }

  /** @param userId of whoever has an account already */
  async answer(
    realm: Realm,
    { invitationId, organizationId }: InvitationLink,
    userId?: UserId,
  ): Promise<InvitationAnswer> {
    const { organizations, organizationInvitations } = this.#deps
    const found = realm.settings.organizationsEnabled
      ? await organizations.byId(realm.id, organizationId)
      : null
    if (found === null) return refused('org_not_found', 'orgNotFoundMessage')
    if (!found.enabled) return refused('org_disabled', 'orgDisabledMessage')
    if (userId !== undefined && (await organizations.membershipTypes(found, [userId])).size > 0) {
      return refused('user_org_member_already', 'orgMemberAlready', [userId, found.name])
    }
    const invitation = await organizationInvitations.byId(found, invitationId)
    if (invitation?.status !== 'PENDING') return refused('invalid_token', 'staleInviteOrgLink')
    return { kind: 'open', organization: found }
  }

  /** Somebody who has an account joins. @throws ModelError `missing` when the invitation is used up, `duplicate` */
  async join(
    organization: Organization,
    { invitationId }: InvitationLink,
    userId: UserId,
  ): Promise<void> {
    await this.#deps.database.transaction((tx) =>
      this.joinIn(tx, organization, invitationId, userId, 'UNMANAGED'),
    )
  }

  /** As `join`, in the transaction that makes the user: who comes by an invitation exists for the organization. */
  async joinIn(
    tx: Transaction,
    organization: Pick<Organization, 'id' | 'realmId'>,
    invitationId: string,
    userId: UserId,
    type: MembershipType,
  ): Promise<void> {
    await this.#deps.organizationInvitations.takeIn(tx, organization, invitationId)
    await this.#deps.userMemberships.joinOrganizationIn(tx, userId, organization, type)
  }
}

function refused(error: string, key: string, params: string[] = []): InvitationAnswer {
  return { kind: 'refused', error, key, params }
}
