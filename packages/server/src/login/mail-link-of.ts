import type { MailLink } from '../domains/flows/engine/mail-link.ts'
import { browserHash } from '../domains/flows/login-state/seals.ts'
import type { LoginTab } from './login-tab.ts'

/** @returns what a link in a mail needs to lead back to the login of this tab */
export function mailLinkOf({ visit, client, state, protocol }: LoginTab, locale: string): MailLink {
  const query = new URLSearchParams({
    client_id: client.clientId,
    tab_id: state.tabId,
    client_data: protocol.clientData(state.request),
  })
  return {
    serverUrl: visit.browser.frontendUrl,
    clientId: client.clientId,
    tab: { browser: browserHash(visit.browserId), tabId: state.tabId },
    query: query.toString(),
    locale,
  }
}
