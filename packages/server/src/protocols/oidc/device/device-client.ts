import type { Client } from '../../../domains/clients/client.ts'

/** @returns whether a client may ask for codes for devices */
export function allowsDevices({ representation }: Client): boolean {
  return representation.attributes?.['oauth2.device.authorization.grant.enabled'] === 'true'
}
