import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../domains/realms/realm.ts'
import type { Realms } from '../domains/realms/realms.ts'
import {
  type BrowserAnswer,
  type BrowserRequest,
  browserRequestOf,
  sendBrowserAnswer,
  wantsHtml,
} from '../http/browser-request.ts'
import { HttpError } from '../http/http-error.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import { type RealmRefusal, realmRefusal } from './realm-refusal.ts'

export interface PageRouteDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly urls: ServerUrls
  readonly pages: { unknownRealm(serverUrl: string): BrowserAnswer }
}

/** What a page of a realm is answered with. */
export interface PageAnswers {
  readonly answer: (realm: Realm, browser: BrowserRequest) => Promise<BrowserAnswer>
  /** Where the realm may not be used like this. */
  readonly refused: (
    realm: Realm,
    browser: BrowserRequest,
    refusal: RealmRefusal,
  ) => Promise<BrowserAnswer>
}

/** Text of the message catalogue by the reason. */
export const refusalTexts: Readonly<Record<RealmRefusal, string>> = {
  'https-required': 'httpsRequiredMessage',
  'realm-disabled': 'realmNotEnabledMessage',
}

/** @returns the handler of a page below `/realms/:realm`: finds the realm and asks whether it may be used like this */
export function pageRoute(deps: PageRouteDeps, { answer, refused }: PageAnswers) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { realm: name } = request.params as { realm: string }
    const realm = await deps.realms.byName(name)
    if (realm === null) {
      if (wantsHtml(request)) {
        const page = deps.pages.unknownRealm(deps.urls.frontend(request))
        return sendBrowserAnswer(reply, page)
      }
      throw new HttpError(404, { error: 'Realm does not exist' })
    }
    const { attributes } = realm.settings
    const browser = browserRequestOf(request, deps.urls, attributes['frontendUrl'])
    const secure = browser.frontendUrl.startsWith('https:')
    const refusal = realmRefusal(realm, { secure, ipAddress: browser.ipAddress })
    const page = refusal === null ? answer(realm, browser) : refused(realm, browser, refusal)
    return sendBrowserAnswer(reply, await page)
  }
}
