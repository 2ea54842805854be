import { readFile } from 'node:fs/promises'
import { AdminConnection } from './admin-connection.ts'
import { changedDocument, mergeDocument, nameAndValue } from './changed-document.ts'
import { CliError } from './cli-error.ts'
import { csvText } from './csv-text.ts'
import { fieldFilter, filtered } from './field-filter.ts'
import { type Answer, headerOf, type Question, requireSuccess } from './http-exchange.ts'
import { isObject, type Json, jsonText } from './json-text.ts'
import type { ParsedCommand } from './parsed-command.ts'
import type { Terminal } from './terminal.ts'

/** What of a request is the command's own. */
export interface RequestShape {
  readonly method: Question['method']
  /** Whether the answer is printed without `--output`. */
  readonly prints: boolean
}

const json = 'application/json'
const formats: ReadonlySet<string> = new Set(['json', 'csv'])
/** Where what was made cannot be read again. */
const unreadable = 'clients-initial-access'

/**
 * `create`, `get`, `update` and `delete`: one request, for `update` often one before, to read what is changed.
 * @param resource in place of the word of the command line
 */
export async function requestCommand(
  { method, prints }: RequestShape,
  command: ParsedCommand,
  terminal: Terminal,
  resource = command.word,
): Promise<void> {
  const { values, flags } = command
  const outputs = prints || flags.has('outputResult')
  const headers = pairsOf(command, 'rawHeaders')
  const queries = pairsOf(command, 'rawFilters')
  for (const { kind, text } of command.changes) if (kind === 'set') nameAndValue(text)
  if (resource === undefined) throw new CliError('Resource URI not specified', true)
  requireCompatible(command)
  const given = await contentOf(command, headers, terminal)
  const connection = await AdminConnection.open(command, terminal)
  const url = withQueries(connection.urlOf(resource), queries)
  addMissing(headers, 'Accept', json)
  const body = await bodyOf(command, method, given, connection, { url, headers })
  const filter = values.has('fields') ? fieldFilter(values.get('fields') ?? '') : undefined
  if (body !== undefined) addMissing(headers, 'Content-Type', json)
  const paged = withQueries(url, pagesOf(command))
  const answer = await connection.send({ method, url: paged, headers, body })
  if (flags.has('printHeaders')) terminal.out(headText(answer))
  requireSuccess(answer, paged)
  if (flags.has('printHeaders')) terminal.out('\n')
  const id = headerOf(answer, 'location')?.split('/').at(-1)
  if (id !== undefined && flags.has('returnId')) terminal.out(`${id}\n`)
  else if (id !== undefined && !outputs) {
    terminal.err(`Created new ${typeOf(url)} with id '${id}'\n`)
  }
  if (!outputs) return
  const made = method === 'POST' || method === 'PUT'
  const again = made && (answer.status === 204 || id !== undefined) && resource !== unreadable
  const shown = again
    ? await connection.send({
        method: 'GET',
        url: id === undefined ? paged : `${paged}/${id}`,
        headers: new Map(),
      })
    : answer
  print(shown, command, filter, terminal)
}

function pairsOf({ lists }: ParsedCommand, key: string): Map<string, string> {
  return new Map((lists.get(key) ?? []).map(nameAndValue))
}

function requireCompatible({ flags, values }: ParsedCommand): void {
  if (flags.has('outputResult') && flags.has('returnId')) {
    throw new CliError('Options -o and -i are mutually exclusive', true)
  }
  const format = values.get('format')
  if (format !== undefined && !formats.has(format.toLowerCase())) {
    throw new CliError(`Unsupported output format: ${format}`, true)
  }
  if (flags.has('mergeMode') && flags.has('noMerge')) {
    throw new CliError('Options --merge and --no-merge are mutually exclusive', true)
  }
  if (values.has('body') && values.has('file')) {
    throw new CliError('Options --body and --file are mutually exclusive', true)
  }
}

/** What the command line brings along: a document to be changed, or content that is sent as it is. */
interface Content {
  readonly document?: Json
  readonly raw?: string | Uint8Array
}

async function contentOf(
  { values }: ParsedCommand,
  headers: ReadonlyMap<string, string>,
  terminal: Terminal,
): Promise<Content> {
  const file = values.get('file')
  const body = values.get('body')
  if (file === undefined) return body === undefined ? {} : { raw: body }
  const type = [...headers].find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (type !== undefined && type !== json) {
    return { raw: file === '-' ? await terminal.readAll() : await bytesOf(file) }
  }
  const text = file === '-' ? await terminal.readAll() : (await bytesOf(file)).toString('utf8')
  return { document: documentOf(text) }
}

async function bytesOf(file: string): Promise<Buffer> {
  return await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      error.code === 'ENOENT' ? `File not found: ${file}` : `Failed to read file: ${file}`,
    )
  })
}

/** @throws CliError for what is no JSON */
export function documentOf(text: string): Json {
  if (text.trim() === '') throw new CliError('Document provided by --file option is empty')
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new CliError(`Not a valid JSON document - ${(error as Error).message}`)
  }
}

async function bodyOf(
  { changes, flags, values }: ParsedCommand,
  method: Question['method'],
  content: Content,
  connection: AdminConnection,
  { url, headers }: Pick<Question, 'url' | 'headers'>,
): Promise<string | Uint8Array | undefined> {
  if (content.raw !== undefined && changes.length > 0) {
    throw new CliError("Can't set attributes on content of type other than application/json")
  }
  const merges =
    method === 'PUT' &&
    (flags.has('mergeMode') || (!values.has('file') && changes.length > 0 && !flags.has('noMerge')))
  let { document } = content
  if (merges) {
    const answer = await connection.send({ method: 'GET', url, headers })
    requireSuccess(answer, url)
    const present = JSON.parse(answer.body.toString('utf8')) as Json
    if (!isObject(present)) throw new CliError('HTTP request error: not a JSON object')
    if (document !== undefined) mergeDocument(document, present)
    document = present
  }
  if (changes.length > 0) document = changedDocument(document, changes)
  return content.raw ?? (document === undefined ? undefined : JSON.stringify(document))
}

function addMissing(headers: Map<string, string>, name: string, value: string): void {
  const has = [...headers.keys()].some((given) => given.toLowerCase() === name.toLowerCase())
  if (!has) headers.set(name, value)
}

function pagesOf({ values }: ParsedCommand): Map<string, string> {
  const pages = [
    ['first', values.get('offset')],
    ['max', values.get('limit')],
  ] as const
  return new Map(
    pages.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(Number(value))]])),
  )
}

/** Names stand as they are given, values are encoded. */
export function withQueries(url: string, queries: ReadonlyMap<string, string>): string {
  const parts = [...queries].map(
    ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`,
  )
  if (parts.length === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${parts.join('&')}`
}

function headText({ statusText, headers }: Answer): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`)
  return `HTTP/1.1 ${statusText}\n${lines.join('')}`
}

function typeOf(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  return last.endsWith('s') ? last.slice(0, -1) : last
}

function print(
  answer: Answer,
  { flags, values }: ParsedCommand,
  filter: ReturnType<typeof fieldFilter> | undefined,
  terminal: Terminal,
): void {
  const csv = values.get('format')?.toLowerCase() === 'csv'
  const compressed = flags.has('compressed')
  const isJson = headerOf(answer, 'content-type')?.split(';')[0]?.trim() === json
  if (!isJson || compressed) {
    if (csv || filter !== undefined) {
      const why = compressed ? 'compressed' : 'not json'
      terminal.err(`Cannot create CSV nor filter returned fields because the response is ${why}\n`)
      return
    }
    terminal.out(answer.body)
    if (answer.body.length > 0 && ![10, 13].includes(answer.body.at(-1) ?? 0)) terminal.err('\n')
    return
  }
  const document = JSON.parse(answer.body.toString('utf8')) as Json
  const shown = filter === undefined ? document : filtered(document, filter)
  if (csv) terminal.out(csvText(shown, filter, flags.has('unquoted')))
  else {
    terminal.out(jsonText(shown))
    terminal.err('\n')
  }
}
