/** Sends the answer to the application (`response_mode=form_post`); a field may be named `submit`. */
HTMLFormElement.prototype.submit.call(document.querySelector('form[data-send-now]'))
