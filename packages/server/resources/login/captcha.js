/** Called by the captcha's script once it has judged the visitor. */
window.onSubmitRecaptcha = () => document.getElementById('kc-register-form').requestSubmit()
