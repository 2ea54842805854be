import type { Realm } from '../domains/realms/realm.ts'
import { isHeaderValue } from '../domains/realms/realm-limits.ts'
import { ownMember } from '../shared/own-member.ts'

/** Header names by the members of the realm's `browserSecurityHeaders`. */
const names: Readonly<Record<string, string>> = {
  contentSecurityPolicy: 'content-security-policy',
  contentSecurityPolicyReportOnly: 'content-security-policy-report-only',
  xContentTypeOptions: 'x-content-type-options',
  referrerPolicy: 'referrer-policy',
  xRobotsTag: 'x-robots-tag',
  xFrameOptions: 'x-frame-options',
  strictTransportSecurity: 'strict-transport-security',
}

/** @returns the headers that the realm wants on its pages; an empty setting leaves the header out */
export function pageHeaders({ settings }: Realm): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [member, value] of Object.entries(settings.browserSecurityHeaders ?? {})) {
    const name = ownMember(names, member)
    // A line break in a setting must not become a header of its own, and a letter that none may have no error.
    if (name !== undefined && value !== '' && isHeaderValue(value)) headers[name] = value
  }
  return headers
}
