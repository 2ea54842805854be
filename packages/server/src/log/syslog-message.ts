import type { SyslogSettings } from './log-settings.ts'

/** Facility "user-level messages" (RFC 5424 §6.2.1), as Keycloak sends. */
const facility = 1
const messageIdCharactersMax = 32
const appNameCharactersMax = 48
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
/** RFC 5424 §6.4: says that the text is UTF-8. */
const byteOrderMark = '\uFEFF'

/** What a message says of its line. */
export interface SyslogLine {
  readonly category: string
  /** Of pino. */
  readonly level: number
  readonly time: number
  /** The finished line. */
  readonly text: string
}

/** Where the messages come from. */
export interface SyslogSource {
  readonly host: string
  readonly processId: number
}

/** @returns the message in the form that the settings ask for, cut to its length */
export function syslogMessage(
  settings: Pick<SyslogSettings, 'type' | 'appName' | 'bytesMax'>,
  source: SyslogSource,
  line: SyslogLine,
): Buffer {
  const head = settings.type === 'rfc5424' ? rfc5424 : rfc3164
  const message = Buffer.from(head(settings.appName, source, line) + line.text)
  return cut(message, settings.bytesMax)
}

/** RFC 5424 §6.2. */
function rfc5424(appName: string, { host, processId }: SyslogSource, line: SyslogLine): string {
  const name = printable(appName).slice(0, appNameCharactersMax)
  const id = printable(line.category).slice(0, messageIdCharactersMax)
  const time = new Date(line.time).toISOString().replace('Z', '+00:00')
  return `<${priority(line.level)}>1 ${time} ${printable(host)} ${name} ${processId} ${id} - ${byteOrderMark}`
}

/** RFC 3164 §4.1. */
function rfc3164(appName: string, { host, processId }: SyslogSource, line: SyslogLine): string {
  const at = new Date(line.time)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = String(at.getDate()).padStart(2)
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `<${priority(line.level)}>${months[at.getMonth()]} ${day} ${time} ${printable(host)} ${printable(appName)}[${processId}]: `
}

function priority(level: number): number {
  return facility * 8 + severity(level)
}

function severity(level: number): number {
  if (level >= 60) return 0
  if (level >= 50) return 3
  if (level >= 40) return 4
  return level >= 30 ? 6 : 7
}

/** PRINTUSASCII of RFC 5424 §6; what is empty is the NILVALUE. */
function printable(text: string): string {
  const clean = text.replace(/[^\x21-\x7e]/g, '')
  return clean === '' ? '-' : clean
}

/** Cuts between characters, never in one. */
function cut(message: Buffer, bytesMax: number): Buffer {
  if (message.length <= bytesMax) return message
  let end = bytesMax
  while (end > 0 && ((message[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return message.subarray(0, end)
}
