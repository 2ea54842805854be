import type { Queryable } from '../../database/database.ts'
import type { OrganizationId, RealmId } from '../typed-ids.ts'
import type { OrganizationInvitation } from './organization.ts'

/** Which invitations a listing shows. */
export interface InvitationListing {
  readonly organizationId: OrganizationId
  /** A part of address, first or last name. */
  readonly search?: string | undefined
  readonly email?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly status?: OrganizationInvitation['status'] | undefined
  readonly first?: number | undefined
  readonly max?: number | undefined
  /** Milliseconds since the epoch: what was to end before is over. */
  readonly now: number
}

/** @param now SQL of the time by which an invitation is over */
const columns = (
  now: string,
) => `id, organization_id AS "organizationId", email, first_name AS "firstName",
  last_name AS "lastName", sent_at AS "sentAt", expires_at AS "expiresAt",
  CASE WHEN expires_at <= ${now} THEN 'EXPIRED' ELSE 'PENDING' END AS status`

/** All SQL of the table `organization_invitation`. */
export class InvitationStore {
  /** A page by id. Index: organization_invitation_organization. */
  async list(read: Queryable, listing: InvitationListing): Promise<OrganizationInvitation[]> {
    const { organizationId, search, email, firstName, lastName, status, first, max, now } = listing
    return await read.query<OrganizationInvitation>(
      `SELECT ${columns('$8')} FROM organization_invitation WHERE organization_id = $1
         AND ($2::text IS NULL OR position(lower($2) IN lower(concat_ws(' ', email, first_name, last_name))) > 0)
         AND ($3::text IS NULL OR email = lower($3)) AND ($4::text IS NULL OR lower(first_name) = lower($4))
         AND ($5::text IS NULL OR lower(last_name) = lower($5)) AND ($9::text IS NULL OR ($9 = 'EXPIRED') = (expires_at <= $8))
       ORDER BY id OFFSET $6 LIMIT $7`,
      [
        organizationId,
        search ?? null,
        email ?? null,
        firstName ?? null,
        lastName ?? null,
        first ?? 0,
        max ?? null,
        now,
        status ?? null,
      ],
    )
  }

  /** Index: organization_invitation_pkey. */
  async byId(read: Queryable, organizationId: OrganizationId, id: string, now: number) {
    const rows = await read.query<OrganizationInvitation>(
      `SELECT ${columns('$3')} FROM organization_invitation WHERE id = $2 AND organization_id = $1`,
      [organizationId, id, now],
    )
    return rows[0] ?? null
  }

  /** Index: organization_invitation_organization. */
  async byEmail(read: Queryable, organizationId: OrganizationId, email: string, now: number) {
    const rows = await read.query<OrganizationInvitation>(
      `SELECT ${columns('$3')} FROM organization_invitation WHERE organization_id = $1 AND email = $2`,
      [organizationId, email, now],
    )
    return rows[0] ?? null
  }

  /** Locks what is invited to until the transaction ends. Index: organization_pkey. */
  async lock(tx: Queryable, organizationId: OrganizationId): Promise<void> {
    await tx.query('SELECT 1 FROM organization WHERE id = $1 FOR UPDATE', [organizationId])
  }

  async insert(tx: Queryable, realmId: RealmId, invitation: OrganizationInvitation): Promise<void> {
    const { id, organizationId, email, firstName, lastName, sentAt, expiresAt, status } = invitation
    await tx.query(
      `INSERT INTO organization_invitation
         (id, realm_id, organization_id, email, first_name, last_name, sent_at, expires_at, status)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, realmId, organizationId, email, firstName, lastName, sentAt, expiresAt, status],
    )
  }

  /** Index: organization_invitation_pkey. @returns whether it existed */
  async remove(tx: Queryable, organizationId: OrganizationId, id: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM organization_invitation WHERE id = $2 AND organization_id = $1 RETURNING id',
      [organizationId, id],
    )
    return rows.length > 0
  }

  /** Removes those to an address that are over. Index: organization_invitation_organization. */
  async removeOver(tx: Queryable, organizationId: OrganizationId, email: string, now: number) {
    await tx.query(
      'DELETE FROM organization_invitation WHERE organization_id = $1 AND email = $2 AND expires_at <= $3',
      [organizationId, email, now],
    )
  }
}
