import type { AdminEvent } from '../events/admin-event.ts'
import type { Timed } from '../events/event-outbox.ts'
import type { LoginEvent } from '../events/login-event.ts'

/** Largest message, in bytes. */
export const payloadBytesMax = 65_536

/** @returns the type by which webhooks choose: `access.LOGIN` */
export function loginType(type: string): string {
  return `access.${type}`
}

/** @returns the type by which webhooks choose: `admin.USER-CREATE` */
export function adminType({
  resourceType,
  operationType,
}: Pick<AdminEvent, 'resourceType' | 'operationType'>): string {
  return `admin.${resourceType}-${operationType}`
}

/** @returns the body that tells of a login event, with the members of Keycloak's event; without `details` where it is too long */
export function loginPayload({ id, time, event }: Timed<LoginEvent>): string {
  const { details, ...rest } = event
  const type = loginType(event.type)
  return bounded(type, { id, time, ...rest, details }, { id, time, ...rest, detailsOmitted: true })
}

/**
 * @param withDetails whether the realm shows what was sent
 * @returns the body that tells of an admin event; without `representation` where it is too long
 */
export function adminPayload({ id, time, event }: Timed<AdminEvent>, withDetails: boolean): string {
  const { author, representation, ...rest } = event
  const told = { id, time, ...rest, authDetails: author }
  const type = adminType(event)
  if (!withDetails || representation === undefined) return bounded(type, told, told)
  return bounded(type, { ...told, representation }, { ...told, representationOmitted: true })
}

/** What a message says of its event. */
type Told = Readonly<Record<string, unknown>> & { readonly time: number }

function bounded(type: string, event: Told, shorter: object): string {
  const timestamp = new Date(event.time).toISOString()
  const payload = JSON.stringify({ type, timestamp, data: event })
  if (Buffer.byteLength(payload) <= payloadBytesMax) return payload
  return JSON.stringify({ type, timestamp, data: shorter })
}
