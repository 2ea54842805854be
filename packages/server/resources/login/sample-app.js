/**
 * An application that signs users in with the authorization code flow and PKCE (RFC 7636), as any page in a browser may. What
 * it remembers between its two pages is kept by the tab.
 */
const memory = 'holdfast-sample-app'

const base64Url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const randomText = () => base64Url(crypto.getRandomValues(new Uint8Array(32)))

async function signIn({ realmUrl, clientId, address }) {
  const verifier = randomText()
  const state = randomText()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  sessionStorage.setItem(memory, JSON.stringify({ realmUrl, clientId, verifier, state }))
  const query = new URLSearchParams({
    response_type: 'code',
    scope: 'openid',
    client_id: clientId,
    redirect_uri: address,
    state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  })
  location.assign(`${realmUrl}/protocol/openid-connect/auth?${query}`)
}

const claimsOf = (token) => {
  const part = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0))))
}

async function redeem(query, address) {
  const { realmUrl, clientId, verifier, state } = JSON.parse(sessionStorage.getItem(memory) ?? '{}')
  sessionStorage.removeItem(memory)
  if (query.has('error')) throw new Error(query.get('error_description') ?? query.get('error'))
  if (state === undefined || query.get('state') !== state) throw new Error('state')
  const answer = await fetch(`${realmUrl}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: address,
      code: query.get('code'),
      code_verifier: verifier,
    }),
  })
  const tokens = await answer.json()
  if (!answer.ok) throw new Error(tokens.error_description ?? tokens.error)
  const logout = new URLSearchParams({
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: address,
  })
  return {
    claims: claimsOf(tokens.id_token),
    signOutUrl: `${realmUrl}/protocol/openid-connect/logout?${logout}`,
  }
}

async function showAnswer(page) {
  const { address, signedIn, failed } = page.dataset
  const query = new URLSearchParams(location.search)
  // A code is good once: nobody shall come upon it in the browser's history.
  history.replaceState(null, '', address)
  const outcome = document.getElementById('sample-app-outcome')
  try {
    const { claims, signOutUrl } = await redeem(query, address)
    outcome.textContent = signedIn.replace('{0}', claims.preferred_username ?? claims.sub)
    const shown = document.getElementById('sample-app-claims')
    shown.textContent = JSON.stringify(claims, null, 2)
    shown.hidden = false
    const signOut = document.getElementById('sample-app-sign-out')
    signOut.querySelector('a').href = signOutUrl
    signOut.hidden = false
  } catch (error) {
    outcome.textContent = failed.replace('{0}', error.message)
  }
}

for (const button of document.querySelectorAll('button[data-client-id]')) {
  button.hidden = false
  button.addEventListener('click', () => void signIn(button.dataset))
}
const answer = document.getElementById('sample-app-answer')
if (answer !== null) void showAnswer(answer)
