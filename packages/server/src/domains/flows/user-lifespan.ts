import type { Realm } from '../realms/realm.ts'

/** Kinds of links that a realm can give a time of their own. */
type LinkType = 'verify-email' | 'reset-credentials' | 'idp-verify-account-via-email'

/** @returns seconds for which a link counts that a user has caused: of its kind, or else of all */
export function userLifespanSeconds({ settings }: Realm, type: LinkType): number {
  const own = Number(settings.attributes[`actionTokenGeneratedByUserLifespan.${type}`])
  return Number.isInteger(own) && own > 0 ? own : settings.actionTokenGeneratedByUserLifespan
}
