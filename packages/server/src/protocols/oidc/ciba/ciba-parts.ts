import type { Consents } from '../../../domains/flows/consents/consents.ts'
import type { LoginVisits } from '../../../login/login-visit.ts'
import type { AuthenticationChannel } from './authentication-channel.ts'
import type { CibaDecisions } from './ciba-decisions.ts'
import type { CibaRequests } from './ciba-requests.ts'
import type { CibaUserDeps } from './ciba-user.ts'

/** What backchannel authentication needs beside what every OpenID Connect endpoint has. */
export interface CibaParts extends Pick<CibaUserDeps, 'credentials'> {
  readonly cibaRequests: CibaRequests
  readonly authenticationChannel: AuthenticationChannel
  readonly cibaDecisions: CibaDecisions
  readonly visits: Pick<LoginVisits, 'open'>
  readonly consents: Consents
}
