/**
 * Goes on once the window, with every application's frame in it, has loaded; at the latest after a while. Written for
 * browsers of ten years ago: the application's, which show this page in a frame or a web view, are often as old.
 */
{
  const loadLimitMs = 5000
  const next = document.getElementById('continue')
  let gone = false
  const goOn = () => {
    if (gone) return
    gone = true
    location.replace(next.href)
  }
  if (next !== null) {
    if (document.readyState === 'complete') goOn()
    else window.addEventListener('load', goOn)
    setTimeout(goOn, loadLimitMs)
  }
}
