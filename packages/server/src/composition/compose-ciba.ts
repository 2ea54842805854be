import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { BrowserChannel } from '../protocols/oidc/ciba/browser-channel.ts'
import { CibaDecisions } from '../protocols/oidc/ciba/ciba-decisions.ts'
import { CibaRequests } from '../protocols/oidc/ciba/ciba-requests.ts'
import { HttpAuthenticationChannel } from '../protocols/oidc/ciba/http-authentication-channel.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'

/** Builds backchannel authentication: its requests, what becomes of them, and how users are asked. */
export function composeCiba(
  { settings, clock, loggers }: Foundation,
  { singleUse, events, tokens }: Pick<Domains, 'singleUse' | 'events' | 'tokens'>,
) {
  const requests = new OutgoingRequests(settings.outgoing)
  const everywhere = new OutgoingRequests({ ...settings.outgoing, privateAddresses: 'all' })
  const postJson: OutgoingRequests['postJson'] = (...given) => requests.postJson(...given)
  const log = loggers.of('org.keycloak.services')
  const cibaRequests = new CibaRequests({ singleUse, clock })
  const { authenticationChannelUri: uri } = settings
  return {
    cibaRequests,
    cibaDecisions: new CibaDecisions({ cibaRequests, events, postJson, log }),
    authenticationChannel:
      uri === undefined
        ? new BrowserChannel({ cibaRequests })
        : new HttpAuthenticationChannel({
            uri,
            tokens,
            // The operator names it, wherever it is.
            postJson: (...given) => everywhere.postJson(...given),
          }),
  }
}
