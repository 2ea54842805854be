import { Browser, type Page } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import type { TestServer } from '../harness/test-server.ts'

/** Redirect URI of the clients of the imported realm. */
const redirectUri = 'http://127.0.0.1:3000/cb'

/** Sends a browser to the realm acme to sign in. */
export function begin(
  server: TestServer,
  browser: Browser,
  parameters: Readonly<Record<string, string>> = {},
  clientId = 'web',
): Promise<Page> {
  return browser.get(
    authorizationUrl({
      realmUrl: server.realmUrl('acme'),
      clientId,
      redirectUri,
      parameters: { state: 'st-1', ...parameters },
    }),
  )
}

/** Signs a user of acme in with a new browser, as far as name and password lead. */
export async function signedIn(
  server: TestServer,
  username: string,
  parameters: Readonly<Record<string, string>> = {},
  clientId = 'web',
): Promise<{ browser: Browser; page: Page }> {
  const browser = new Browser()
  const asked = await browser.submit(await begin(server, browser, parameters, clientId), {
    username,
  })
  const page = await browser.submit(asked, { password: `${username}-Passw0rd` })
  return { browser, page }
}
