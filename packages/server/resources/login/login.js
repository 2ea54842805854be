/** What makes the pages more comfortable; each of them works without. */

/** Shows and hides a password. */
for (const button of document.querySelectorAll('[data-password-toggle]')) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  button.hidden = false
  button.addEventListener('click', () => {
    const show = input.type === 'password'
    input.type = show ? 'text' : 'password'
    button.setAttribute('aria-pressed', String(show))
    button.setAttribute('aria-label', show ? button.dataset.labelHide : button.dataset.labelShow)
  })
}

/** Changes the language as soon as another is chosen. */
for (const select of document.querySelectorAll('select[data-navigate]')) {
  select.addEventListener('change', () => {
    if (select.value) location.assign(select.value)
  })
}

/** A second click on the way to the server would post the form twice. */
const onceForms = document.querySelectorAll('form[data-submit-once]')
const setDisabled = (form, disabled) => {
  for (const button of form.querySelectorAll('[type=submit]')) button.disabled = disabled
}
for (const form of onceForms) {
  // After the browser has read the form, so that the button's own name is still posted.
  form.addEventListener('submit', () => setTimeout(() => setDisabled(form, true)))
}
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of onceForms) setDisabled(form, false)
})

/** Goes on by itself once another tab of the browser has signed in: its form would be refused now. */
const lookAgainMilliseconds = 2000
const isSignedIn = () =>
  document.cookie.split('; ').some((cookie) => /^KEYCLOAK_SESSION=./.test(cookie))
const { signedInElsewhere } = document.body.dataset
// A page that is shown although the browser is signed in asks for something else.
if (signedInElsewhere && !isSignedIn()) {
  const timer = setInterval(() => {
    if (document.hidden || !isSignedIn()) return
    clearInterval(timer)
    location.replace(signedInElsewhere)
  }, lookAgainMilliseconds)
  // What is on its way is answered by the server itself.
  addEventListener('submit', () => clearInterval(timer))
  addEventListener('pagehide', () => clearInterval(timer))
}
