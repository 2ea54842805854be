import { type Html, html } from '../html.ts'
import { layout } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import { sanitizeHtml } from '../sanitize-html.ts'

/** A mail that nobody sent, as the page shows it. */
export interface MailboxMail {
  readonly id: number
  readonly realm: string
  readonly at: number
  readonly to: { readonly address: string }
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** @returns the page of all mails, newest first. @param path of the page itself */
export function renderMailbox(
  context: PageContext,
  path: string,
  mails: readonly MailboxMail[],
): string {
  const row = ({ id, realm, at, to, subject }: MailboxMail) =>
    html`<li><a href="${path}/${id}">${subject}</a><br>${to.address} · ${realm} · ${new Date(at).toISOString()}</li>`
  return layout(context, {
    pageId: 'mailbox',
    title: context.text('mailboxTitle'),
    heading: context.text('mailboxTitle'),
    body: html`<p class="instruction">${context.text('mailboxInstruction')}</p>
${mails.length === 0 ? html`<p>${context.text('mailboxEmpty')}</p>` : html`<ul class="scopes">${mails.map(row)}</ul>`}`,
  })
}

/** @returns the page of one mail: both of its parts, with the links of its text */
export function renderMailboxMail(context: PageContext, path: string, mail: MailboxMail): string {
  return layout(context, {
    pageId: 'mailbox-mail',
    title: mail.subject,
    heading: mail.subject,
    body: html`<p class="instruction">${mail.to.address} · ${mail.realm} · ${new Date(mail.at).toISOString()}</p>
<div id="mail-html">${sanitizeHtml(mail.html)}</div>
<hr>
<div id="mail-text">${paragraphs(mail.text)}</div>
<p><a href="${path}">${context.text('mailboxBack')}</a></p>`,
  })
}

function paragraphs(text: string): Html[] {
  return text
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== '')
    .map((part) => html`<p>${part.split(/(https?:\/\/\S+)/).map(linked)}</p>`)
}

function linked(piece: string): Html | string {
  return /^https?:\/\/\S+$/.test(piece)
    ? html`<a href="${piece}" style="overflow-wrap: anywhere">${piece}</a>`
    : piece
}
