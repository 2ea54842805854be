import type { OrganizationInvitation } from '../../../domains/organizations/organization.ts'
import { isEmailAddress } from '../../../domains/users/email-address.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { invitationAnswer } from '../representations/organization.ts'
import {
  managesOrganizations,
  requireOrganization,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<AdminDeps, 'organizations' | 'users'>

const path = '/organizations/:organizationId'

/** Invitations to an organization. They are sent by mail, which this server does not send yet. */
export function registerOrganizationInvitations(routes: AdminRoutes, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/invitations`,
    may: viewsOrganizations,
    query: { ...paged },
    answer: listOf(invitationAnswer),
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const { first } = call.query
      const found = await deps.organizations.invitations(organization, first, call.query.max())
      return found.map(shown)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/invitations/:invitationId`,
    may: viewsOrganizations,
    answer: invitationAnswer,
    handle: async (call) => shown(await requireInvitation(call)),
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/invitations/:invitationId`,
    may: managesOrganizations,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const { id } = await requireInvitation(call)
      const place = `organizations/${organization.id}/invitations/${id}`
      const trace = await call.trace('DELETE', 'ORGANIZATION', place)
      await deps.organizations.removeInvitation(organization, id, trace)
    },
  })
  registerSending(routes, deps)
}

function registerSending(routes: AdminRoutes, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: `${path}/invitations/:invitationId/resend`,
    may: managesOrganizations,
    handle: async (call) => {
      await requireInvitation(call)
      throw notSent()
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/members/invite-user`,
    may: managesOrganizations,
    handle: async (call) => {
      await requireOrganization(call)
      const email = formOf(call).get('email')?.trim()
      if (!email) throw refused(400, 'Email is required to invite a member')
      await requireInvitable(deps, call, email)
      throw notSent()
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/members/invite-existing-user`,
    may: managesOrganizations,
    handle: async (call) => {
      await requireOrganization(call)
      const id = formOf(call).get('id')?.trim()
      if (!id) throw badRequest('To invite a member you need to provide the user id')
      const user = await deps.users.fresh(call.realm.id, id)
      if (!user) throw refused(400, 'User does not exist')
      if (user.email === null) throw refused(400, 'User does not have an email address')
      throw notSent()
    },
  })
}

async function requireInvitable(deps: Deps, call: AdminCall, email: string): Promise<void> {
  if (!isEmailAddress(email)) throw refused(400, 'Invalid email format')
  const organization = await requireOrganization(call)
  const user = await deps.users.byEmail(call.realm.id, email)
  const types = user && (await deps.organizations.membershipTypes(organization, [user.id]))
  if (types?.size) throw refused(409, 'User already a member of the organization')
}

/** Keycloak's words where its mail server is not set up; nothing is kept of the invitation. */
function notSent() {
  return refused(400, 'Failed to send invite email')
}

function formOf({ request }: AdminCall): URLSearchParams {
  const { body } = request
  if (body instanceof URLSearchParams) return body
  return new URLSearchParams(typeof body === 'string' ? body : '')
}

async function requireInvitation(call: AdminCall): Promise<OrganizationInvitation> {
  const organization = await requireOrganization(call)
  const id = call.params['invitationId'] ?? ''
  const invitation = await call.deps.organizations.invitation(organization, id)
  if (!invitation) throw refused(404, 'Invitation not found')
  return invitation
}

/** Times of invitations are seconds. */
function shown({ sentAt, expiresAt, firstName, lastName, ...invitation }: OrganizationInvitation) {
  return {
    ...invitation,
    ...(firstName === null ? {} : { firstName }),
    ...(lastName === null ? {} : { lastName }),
    sentDate: Math.floor(sentAt / 1000),
    expiresAt: Math.floor(expiresAt / 1000),
  }
}
