import type { ServerSettings } from '../config/server-settings.ts'

/** What a server says about itself when it takes requests. */
export interface ServingReport {
  /** `started in 0.3s. Listening on: …`, for the log. */
  readonly text: string
  /** URLs of the listeners. */
  readonly urls: readonly string[]
  readonly managementUrl: string | undefined
  /** Whether the master realm has an administrator. */
  readonly administrator: boolean
}

/** @returns where to go, for a person who has typed `start-dev` */
export function banner(settings: ServerSettings, report: ServingReport): string {
  const { hostname } = settings.http.hostname
  const listening = local(report.urls[0] ?? '') + settings.http.relativePath
  const origin = hostname?.startsWith('http') === true ? hostname.replace(/\/+$/, '') : listening
  const rows: [string, string][] = [
    ['Open', `${origin}/`],
    ['Administrator', administratorText(settings, report, origin)],
    ['Discovery', `${origin}/realms/master/.well-known/openid-configuration`],
    ['Mails', `${origin}/mailbox (of realms without a mail server; on this machine only)`],
    ...healthRow(report),
    ['Data', dataText(settings)],
  ]
  const lines = rows.map(([name, text]) => `  ${name.padEnd(15)}${text}`)
  return `\n  Holdfast is running (for development; Ctrl+C stops it)\n\n${lines.join('\n')}\n\n`
}

/** A server that listens on every address is reached as `localhost` from its own machine. */
function local(url: string): string {
  return url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:|$)/, '//localhost')
}

function administratorText(
  { bootstrap }: ServerSettings,
  { administrator }: ServingReport,
  origin: string,
): string {
  if (!administrator) return `none yet: create the first one at ${origin}/ on this machine`
  if (bootstrap.password === undefined) return 'sign in as the one that you have created'
  return `${bootstrap.username}, with the password of KC_BOOTSTRAP_ADMIN_PASSWORD at its first start`
}

function healthRow({ managementUrl }: ServingReport): [string, string][] {
  return managementUrl === undefined ? [] : [['Health', `${local(managementUrl)}/health`]]
}

function dataText({ database, dataDir }: ServerSettings): string {
  return database.kind === 'embedded'
    ? `${dataDir} (PostgreSQL that came with the server)`
    : `PostgreSQL at ${database.settings.host}:${database.settings.port}, database ${database.settings.database}`
}
