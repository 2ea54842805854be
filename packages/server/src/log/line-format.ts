import type { LogRecord } from './log-record.ts'

/** Turns a record into the text of its line, line feed included. */
export type LineFormat = (category: string, record: LogRecord) => string

/** What is known of the request that a line belongs to. */
export interface RequestContext {
  readonly requestId: string | undefined
  /** By the names that Keycloak has for it: `realmName`, `clientId`, … */
  readonly context: ReadonlyMap<string, string>
}

/** @returns what a line says of its request, under Keycloak's names, with the request's id where `keys` are not chosen */
export function diagnosticContext(
  { mdc = {} }: LogRecord,
  { requestId, context }: RequestContext,
  keys: ReadonlySet<string> | undefined,
): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of [...context, ...Object.entries(mdc)]) {
    if (value !== undefined && keys?.has(name)) shown[`kc.${name}`] = value
  }
  for (const name of ['traceId', 'spanId', 'parentId', 'sampled']) {
    const value = context.get(name)
    if (value !== undefined) shown[name] = value
  }
  if (requestId !== undefined) shown['requestId'] = requestId
  return shown
}

/** Keeps one line one line: what a request sent must not forge another entry. Line feeds of traces stay. */
export function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f]/g, (char) =>
    char === '\t' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
