/**
 * The page that an application keeps in a hidden frame to hear when its user logs out elsewhere (OpenID Connect Session
 * Management 1.0 §3). The application posts `<client id> <session state>` and gets back `unchanged`, `changed` or `error`.
 *
 * The readable cookie holds a hash of the session id (see sessionCookieValue). Where the browser offers no hashing, because
 * the page is not in a secure context, a change of the cookie since the first look stands for a change of the session.
 */
export const sessionStatusPage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title></title></head>
<body>
<script>
(() => {
  const cookieName = 'KEYCLOAK_SESSION'
  const allowed = new Map()
  let firstSeen

  const readCookie = () => {
    for (const pair of document.cookie.split('; ')) {
      const [name, ...value] = pair.split('=')
      if (name === cookieName) return value.join('=').replace(/^"|"$/g, '')
    }
    return ''
  }

  const hashOf = async (sessionState) => {
    const bytes = await crypto.subtle.digest('SHA-384', new TextEncoder().encode(sessionState))
    const text = String.fromCharCode(...new Uint8Array(bytes))
    return btoa(text).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '')
  }

  const compare = async (sessionState) => {
    const cookie = readCookie()
    if (cookie === '') return sessionState === '' ? 'unchanged' : 'changed'
    if (sessionState === '') return 'changed'
    if (globalThis.crypto?.subtle) return (await hashOf(sessionState)) === cookie ? 'unchanged' : 'changed'
    firstSeen ??= cookie
    return firstSeen === cookie ? 'unchanged' : 'changed'
  }

  const isAllowed = (clientId, origin) => {
    const key = origin + ' ' + clientId
    if (!allowed.has(key)) {
      const query = new URLSearchParams({ client_id: clientId, origin })
      const answer = fetch(location.href.split(/[?#]/)[0] + '/init?' + query, { cache: 'no-store' })
        .then((response) => response.status === 204)
        .catch(() => { allowed.delete(key); return false })
      allowed.set(key, answer)
    }
    return allowed.get(key)
  }

  addEventListener('message', async (event) => {
    if (typeof event.data !== 'string' || event.source === null) return
    const blank = event.data.indexOf(' ')
    if (blank < 0) return
    const clientId = event.data.slice(0, blank)
    const sessionState = event.data.slice(blank + 1)
    const answer = (await isAllowed(clientId, event.origin)) ? await compare(sessionState) : 'error'
    event.source.postMessage(answer, event.origin)
  })
})()
</script>
</body>
</html>
`
