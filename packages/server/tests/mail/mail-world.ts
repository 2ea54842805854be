import type { ArrivedMail, MailServer } from './mail-server.ts'

const waitedMsMax = 10_000
const pauseMs = 20

/** SMTP settings of a realm whose mails go to `server`. */
export function smtpOf(server: MailServer): Record<string, string> {
  return { host: '127.0.0.1', port: String(server.port), from: 'login@acme.test' }
}

/** Waits for the nth mail. @param count from 1 */
export async function nthMail(server: MailServer, count: number): Promise<ArrivedMail> {
  const found = await eventually(async () => server.arrived[count - 1], `mail ${count}`)
  return found
}

/** Asks again and again until there is an answer. */
export async function eventually<T>(
  ask: () => Promise<T | undefined | false>,
  what: string,
  withinMs = waitedMsMax,
): Promise<T> {
  const end = performance.now() + withinMs
  while (performance.now() < end) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  throw new Error(`${what} did not come`)
}

/** @returns the link of a mail, the same in both parts */
export function linkOf({ mail }: ArrivedMail): string {
  const link = /https?:\/\/\S+/.exec(mail.text ?? '')?.[0] ?? ''
  if (!String(mail.html).includes(link.replaceAll('&', '&amp;'))) {
    throw new Error(`the link of the text is not in the HTML: ${mail.html}`)
  }
  return link
}

/** @returns what the token of a link says */
export function tokenOf(link: string): Record<string, unknown> {
  const [, body = ''] = (new URL(link).searchParams.get('key') ?? '').split('.')
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
}
