/** Goes on by itself once what the page waits for has happened, in another browser or on another machine. */
const { awaited, next } = document.getElementById('kc-awaited').dataset
const askAgainMilliseconds = 3000
const asksMax = 600
let asks = 0
const timer = setInterval(async () => {
  if (document.hidden) return
  asks += 1
  if (asks > asksMax) return clearInterval(timer)
  try {
    const { status } = await fetch(awaited, { credentials: 'same-origin', redirect: 'manual' })
    if (status !== 200) return
    clearInterval(timer)
    location.replace(next)
  } catch {
    // The server or the network is away: asked again.
  }
}, askAgainMilliseconds)
addEventListener('submit', () => clearInterval(timer))
addEventListener('pagehide', () => clearInterval(timer))
