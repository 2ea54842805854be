import type { Client } from '../../../domains/clients/client.ts'
import type { Events } from '../../../domains/events/events.ts'
import { plainRequest } from '../../../domains/flows/engine/client-request.ts'
import { loginNotes } from '../../../domains/flows/login-state/login-state.ts'
import { invitationNote } from '../../../domains/flows/steps/registration/invitation-note.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { ActionToken, ActionTokens } from '../../../domains/tokens/action-tokens.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { InvitedMembers } from '../../../domains/user-lifecycle/invited-members.ts'
import type { BrowserAnswer, BrowserRequest } from '../../../http/browser-request.ts'
import type { LoginStart } from '../../../login/login-start.ts'

export interface InvitedRegistrationDeps {
  readonly actionTokens: Pick<ActionTokens, 'read'>
  readonly invitedMembers: Pick<InvitedMembers, 'answer'>
  readonly events: Pick<Events, 'record'>
  readonly login: LoginStart
}

/**
 * The registration page with the token of an invitation: it is there also where the realm lets nobody else register.
 * @param text of the token
 */
export async function beginInvitedRegistration(
  deps: InvitedRegistrationDeps,
  { realm, browser, client }: { realm: Realm; browser: BrowserRequest; client: Client },
  text: string,
): Promise<BrowserAnswer> {
  const refuse = (error: string, key: string, params: string[], token?: ActionToken) => {
    const { jti, typ: action, eml } = token ?? {}
    deps.events.record({
      type: 'EXECUTE_ACTION_TOKEN_ERROR',
      realmId: realm.id,
      realmName: realm.name,
      ipAddress: browser.ipAddress,
      error,
      details: {
        ...(jti === undefined ? {} : { token_id: jti }),
        ...(action === undefined ? {} : { action }),
        ...(eml === undefined ? {} : { email: eml }),
        ...(token?.typ === 'ORGIVT' ? { org_id: token.org_id } : {}),
      },
    })
    return deps.login.errorPage(realm, browser, client, 400, { key, params })
  }
  const read = deps.actionTokens.read(
    realm,
    issuerOf({ frontend: browser.frontendUrl }, realm),
    text,
  )
  if (read.kind === 'none' || read.token.typ !== 'ORGIVT' || read.token.sub !== '') {
    return refuse('invalid_code', 'invalidCodeMessage', [])
  }
  const { token } = read
  if (read.kind === 'expired' || token.azp !== client.clientId) {
    return refuse('expired_code', 'staleInviteOrgLink', [], token)
  }
  const link = { invitationId: token.jti, organizationId: token.org_id }
  const answer = await deps.invitedMembers.answer(realm, link)
  if (answer.kind === 'refused') return refuse(answer.error, answer.key, answer.params, token)
  const account = `${browser.frontendUrl}/realms/${encodeURIComponent(realm.name)}/account/`
  const parameters = { response_type: 'code', response_mode: 'query', redirect_uri: account }
  const request = { ...plainRequest, redirectUri: account, parameters }
  const { name } = answer.organization
  const notes = {
    [loginNotes.invitation]: invitationNote({ ...link, organizationName: name, email: token.eml }),
    ...(token.reduri === undefined || token.reduri === account
      ? {}
      : { [loginNotes.redirectAfterActions]: token.reduri }),
  }
  return await deps.login.begin(realm, browser, client, request, 'registration', notes)
}
