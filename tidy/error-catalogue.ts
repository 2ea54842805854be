import type { TestFile } from './specification-tests.ts'

interface Refusal {
  readonly status: string
  readonly code: string
  readonly text: string
  readonly when: string
  readonly file: string
}

type Parts = Pick<Refusal, 'status' | 'code' | 'text'>
/** What a call says; undefined where it passes on what another has said. */
type Reader = (given: readonly string[]) => Parts | undefined

const folder = 'packages/server/src/'
const notFoundText = 'HTTP 404 Not Found'
/** Status of what a domain refuses, by its reason, in Admin REST. */
const modelStatus: Readonly<Record<string, string>> = {
  duplicate: '409',
  missing: '404',
  invalid: '400',
  input: '400',
}

const numeric = /^\d{3}$/

/** How each kind of refusal is written in the code. */
const readers: Readonly<Record<string, Reader>> = {
  OAuthError: ([status = '', code = '', text = '']) => ({
    status: numeric.test(status) ? status : '…',
    code: said(code),
    text: said(text),
  }),
  AuthorizationError: ([code = '', text = '']) => ({
    status: 'redirect',
    code: said(code),
    text: said(text),
  }),
  InvalidRequestPage: ([key = '']) => ({ status: 'page', code: said(key), text: '' }),
  ModelError: ([reason = '', text = '']) => ({
    status: modelStatus[said(reason)] ?? '400',
    code: '',
    text: said(text),
  }),
  HttpError: ([status = '', body = '']) => httpParts(status, body),
  // Where it is a function of its own, the status is its business.
  refused: ([first = '', text = '']) =>
    numeric.test(first)
      ? { status: first, code: '', text: said(text) }
      : { status: '…', code: said(first), text: said(text) },
  badRequest: ([code = '', text = '']) => ({ status: '400', code: said(code), text: said(text) }),
  notFound: ([text = `'${notFoundText}'`]) => ({ status: '404', code: said(text), text: '' }),
  forbidden: () => ({ status: '403', code: 'HTTP 403 Forbidden', text: '' }),
  duplicateResource: () => ({ status: '409', code: 'conflict', text: 'Duplicate resource error' }),
}

const call = new RegExp(
  `(?:\\bthrow |=> |return |= )(?:new )?(${Object.keys(readers).join('|')})\\(`,
  'g',
)

/**
 * Every refusal that the server's code spells, with the condition that stands beside it.
 * @param files of which those of the server are read
 * @returns docs/reference/errors.md
 */
export function errorCatalogue(files: readonly TestFile[]): string {
  const order = new Intl.Collator('en', { numeric: true })
  const rows = files
    .filter(
      ({ path }) => path.startsWith(folder) && path.endsWith('.ts') && !path.endsWith('.test.ts'),
    )
    .flatMap(refusalsIn)
    .map(rowOf)
    .sort(order.compare)
  return `# Errors

Written by \`npm run docs\` from the code; do not edit. What every refusal looks like on the wire: the HTTP status, or \`redirect\`
where a client is told by its redirect URI and \`page\` where the browser sees a page; \`error\`, or the key of the page's text;
\`error_description\` or \`errorMessage\`; and the condition beside it in the code, where it stands on the same line. A \`…\` stands
for what differs from case to case.

| Status | Code | Text | When | Where |
| --- | --- | --- | --- | --- |
${[...new Set(rows)].join('\n')}
`
}

function refusalsIn({ path, text }: TestFile): Refusal[] {
  return [...text.matchAll(call)].flatMap((match) => {
    const from = match.index + match[0].length
    const parts = readers[match[1] ?? '']?.(argumentsOf(text, from))
    // Domains refuse by ModelError; what else they call so is a verdict.
    const isVerdict = path.startsWith(`${folder}domains/`) && match[1] !== 'ModelError'
    if (parts === undefined || isVerdict) return []
    const line = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index)
    return [{ ...parts, when: conditionOf(line), file: path.slice(folder.length) }]
  })
}

function rowOf({ status, code, text, when, file }: Refusal): string {
  const cell = (value: string) => value.replaceAll('|', '\\|').replaceAll('<', '&lt;')
  const condition = when === '' ? '' : `\`${when.replaceAll('|', '\\|')}\``
  return `| ${cell(status)} | ${cell(code)} | ${cell(text)} | ${condition} | \`${file}\` |`
}

/** The condition of an `if` that stands before a throw on its line. */
function conditionOf(line: string): string {
  const condition = /\bif \((.*)\)\s*\{?\s*$/.exec(line)?.[1]
  return condition === undefined || condition.length > 100 ? '' : condition
}

/** The body of an HttpError is an object: its members are what is sent. */
function httpParts(status: string, body: string): Parts {
  const member = (name: string) => {
    const value = new RegExp(`\\b${name}(?::\\s*((['"\`]).*?\\2)|(?=[,\\s}]))`, 's').exec(body)
    return value === null ? '' : said(value[1] ?? '…')
  }
  return {
    status: numeric.test(status) ? status : '…',
    code: member('error'),
    text: member('error_description') || member('errorMessage'),
  }
}

/** @returns the arguments of a call whose bracket opens before `from` */
function argumentsOf(text: string, from: number): string[] {
  const found: string[] = []
  let depth = 0
  let quote = ''
  let start = from
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (/['"`]/.test(character)) quote = character
    else if (/[([{]/.test(character)) depth++
    else if (/[)\]}]/.test(character)) depth--
    if (depth < 0 || (depth === 0 && quote === '' && character === ',')) {
      const argument = text.slice(start, at).trim()
      if (argument !== '') found.push(argument)
      start = at + 1
    }
    if (depth < 0) return found
  }
  return found
}

/** @returns what a literal says; `…` for everything that is worked out */
function said(argument: string): string {
  const literal = /^(['"`])(.*)\1$/s.exec(argument)?.[2]
  if (literal === undefined) return argument === '' || argument === 'undefined' ? '' : '…'
  return literal.replace(/\$\{[^}]*\}+/g, '…').replaceAll(/\\(['"`])/g, '$1')
}
