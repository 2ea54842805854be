/** Goes on once every application's frame has loaded, at the latest after a while. */
const loadLimitMs = 5_000
const next = document.getElementById('continue')
const frames = [...document.querySelectorAll('iframe')]
if (next !== null) {
  const limit = new Promise((resolve) => setTimeout(resolve, loadLimitMs))
  const loaded = frames.map(
    (frame) => new Promise((resolve) => frame.addEventListener('load', resolve)),
  )
  void Promise.race([Promise.all(loaded), limit]).then(() => location.replace(next.href))
}
