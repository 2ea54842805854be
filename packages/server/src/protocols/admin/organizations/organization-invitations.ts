import type {
  Organization,
  OrganizationInvitation,
} from '../../../domains/organizations/organization.ts'
import type { Invited } from '../../../domains/organizations/organization-invitations.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { isEmailAddress } from '../../../domains/users/email-address.ts'
import type { User } from '../../../domains/users/user.ts'
import { browserRequestOf } from '../../../http/browser-request.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { MultipartBody } from '../multipart-body.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { invitationAnswer } from '../representations/organization.ts'
import { managesOrganizations, requireOrganization } from './require-organization.ts'

type Deps = Pick<
  AdminDeps,
  | 'groups'
  | 'mails'
  | 'organizationGroups'
  | 'organizationInvitations'
  | 'organizations'
  | 'urls'
  | 'users'
>

const path = '/organizations/:organizationId'
/** The client whose link it is. */
const clientId = 'account'
const statuses: ReadonlySet<string> = new Set(['PENDING', 'EXPIRED'])

/** Invitations to an organization. The mails wait in the outbox when the request is answered. */
export function registerOrganizationInvitations(routes: AdminRoutes<Deps>, deps: Deps): void {
  registerReading(routes, deps)
  registerSending(routes, deps)
  routes.add({
    method: 'DELETE',
    path: `${path}/invitations/:invitationId`,
    may: managesOrganizations,
    handle: async (call) => {
      const { organization, invitation } = await requireInvitation(deps, call)
      const place = `organizations/${organization.id}/invitations/${invitation.id}`
      const trace = await call.trace(
        'DELETE',
        'ORGANIZATION_MEMBERSHIP',
        place,
        eventOf(invitation),
      )
      await deps.organizationInvitations.remove(organization, invitation.id, trace)
    },
  })
}

function registerReading(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/invitations`,
    may: managesOrganizations,
    query: {
      ...paged,
      search: 'text',
      email: 'text',
      firstName: 'text',
      lastName: 'text',
      status: 'text',
    },
    answer: listOf(invitationAnswer),
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      const { query } = call
      const status = query.text('status')
      if (status !== undefined && !statuses.has(status)) {
        throw badRequest('invalid_request', 'Unknown status')
      }
      const found = await deps.organizationInvitations.list({
        organizationId: id,
        search: query.text('search'),
        email: query.text('email'),
        firstName: query.text('firstName'),
        lastName: query.text('lastName'),
        status: status as OrganizationInvitation['status'] | undefined,
        first: query.first,
        max: query.max(),
      })
      return found.map(shown)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/invitations/:invitationId`,
    may: managesOrganizations,
    answer: invitationAnswer,
    handle: async (call) => shown((await requireInvitation(deps, call)).invitation),
  })
}

function registerSending(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: `${path}/invitations/:invitationId/resend`,
    may: managesOrganizations,
    handle: async (call) => {
      const { organization, invitation } = await requireInvitation(deps, call)
      const place = `invitations/${invitation.id}/resend`
      const user = await deps.users.byEmail(call.realm.id, invitation.email)
      await requireNoMember(deps, organization, user)
      await invite(deps, call, organization, { place, user, person: invitation }, invitation.id)
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/members/invite-user`,
    may: managesOrganizations,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const form = await formOf(call)
      const email = form.get('email')?.trim().toLowerCase()
      if (!email) throw refused(400, 'Email is required to invite a member')
      if (!isEmailAddress(email)) throw refused(400, 'Invalid email format')
      const user = await deps.users.byEmail(call.realm.id, email)
      await requireNoMember(deps, organization, user)
      const [firstName = null, lastName = null] = [form.get('firstName'), form.get('lastName')]
      const named = firstName !== null && lastName !== null
      const given = named ? { firstName, lastName } : { firstName: null, lastName: null }
      const person = user === null ? { email, ...given } : personOf(user, email)
      await invite(deps, call, organization, { place: 'members/invite-user', user, person })
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/members/invite-existing-user`,
    may: managesOrganizations,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const id = (await formOf(call)).get('id')?.trim()
      if (!id) throw badRequest('To invite a member you need to provide the user id')
      const user = await deps.users.fresh(call.realm.id, id)
      if (!user) throw refused(400, 'User does not exist')
      if (user.email === null) throw refused(400, 'User does not have an email address')
      const person = personOf(user, user.email)
      const place = 'members/invite-existing-user'
      try {
        await invite(deps, call, organization, { place, user, person })
      } catch (error) {
        const taken = error instanceof ModelError && error.reason === 'duplicate'
        throw taken ? duplicateResource() : error
      }
    },
  })
}

interface Asked {
  /** Below the organization, for the event. */
  readonly place: string
  /** Null: somebody who has no account. */
  readonly user: User | null
  readonly person: Invited
}

/** @param replaced id of an invitation that this one comes in the place of */
async function invite(
  { mails, organizationInvitations, urls }: Deps,
  call: AdminCall<unknown, Deps>,
  organization: Organization,
  { place, user, person }: Asked,
  replaced?: string,
): Promise<void> {
  const { realm } = call
  if (!mails.canSend(realm))
    throw new HttpError(500, { errorMessage: 'Failed to send invite email' })
  const lifespanSeconds = realm.settings.actionTokenGeneratedByAdminLifespan
  const browser = browserRequestOf(call.request, urls, realm.settings.attributes['frontendUrl'])
  const serverUrl = browser.frontendUrl
  const account = `${serverUrl}/realms/${encodeURIComponent(realm.name)}/account/`
  const details = { email: person.email, org_id: organization.id }
  const event = { type: 'INVITE_ORG', clientId, details }
  await mails.askWith(
    realm,
    async (tx) => {
      const invitation = await organizationInvitations.inviteIn(
        tx,
        organization,
        person,
        lifespanSeconds,
        replaced,
      )
      const trace = await call.trace(
        'ACTION',
        'ORGANIZATION_MEMBERSHIP',
        `organizations/${organization.id}/${place}`,
        eventOf(invitation),
      )
      await trace(tx)
      return {
        kind: 'organization-invitation',
        userId: user?.id ?? '',
        email: person.email,
        serverUrl,
        clientId,
        lifespanSeconds,
        redirectUri: organization.redirectUrl ?? account,
        invitationId: invitation.id,
        expiresAt: Math.floor(invitation.expiresAt / 1000),
        organizationId: organization.id,
        organizationName: organization.name,
        firstName: person.firstName ?? '',
        lastName: person.lastName ?? '',
      }
    },
    { event },
  )
}

function personOf({ firstName, lastName }: User, email: string): Invited {
  return { email, firstName, lastName }
}

async function requireNoMember(
  deps: Deps,
  organization: Organization,
  user: User | null,
): Promise<void> {
  const types = user && (await deps.organizations.membershipTypes(organization, [user.id]))
  if (types?.size) throw refused(409, 'User already a member of the organization')
}

/** Scripts send forms URL-encoded, the console and the admin client as multipart. */
async function formOf({
  request,
}: AdminCall<unknown, Deps>): Promise<Pick<URLSearchParams, 'get'>> {
  const { body } = request
  if (Buffer.isBuffer(body)) {
    const form = await MultipartBody.of(request)
    return { get: (name) => form.text(name) ?? null }
  }
  if (body instanceof URLSearchParams) return body
  return new URLSearchParams(typeof body === 'string' ? body : '')
}

async function requireInvitation(deps: Deps, call: AdminCall<unknown, Deps>) {
  const organization = await requireOrganization(call)
  const id = call.params['invitationId'] ?? ''
  const invitation = await deps.organizationInvitations.byId(organization, id)
  if (!invitation) throw refused(404, 'Invitation not found')
  return { organization, invitation }
}

/** What admin events say of an invitation: without its times, as in Keycloak. */
function eventOf({ id, organizationId, email }: OrganizationInvitation) {
  return { id, organizationId, email, sentDate: 0, expiresAt: 0 }
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
