/** A test file. */
export interface TestFile {
  readonly path: string
  readonly text: string
}

interface Row {
  readonly section: string
  readonly title: string
  readonly file: string
}

/** The folders whose tests name sections of specifications; tests of the first are called by their name alone. */
const folder = 'packages/server/tests/oidc/'
const tests = 'packages/server/tests/'
const folders = ['oidc', 'conformance', 'authorization-services'].map((name) => `${tests}${name}/`)
const testBegins = /^ {2}it(?:\.each)?[(<]/
const sectionsAbove = /^ {2}\/\/ ((?:RFC \d+|OpenID Connect [A-Za-z -]+|UMA 2\.0|JARM) §.*)$/
const quoted = /(['"`])(.*?)\1\s*,/

/**
 * Which tests hold which sections of specifications, from the comments that stand above the tests.
 * @param files of which those of the tests are read
 * @returns docs/reference/specification-tests.md
 */
export function specificationTests(files: readonly TestFile[]): string {
  const order = new Intl.Collator('en', { numeric: true })
  const rows = files
    .filter(({ path }) => folders.some((each) => path.startsWith(each)))
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(rowsOf)
    .sort((a, b) => order.compare(a.section, b.section) || order.compare(a.title, b.title))
  const lines = rows.map(({ section, title, file }) => `| ${section} | ${title} | \`${file}\` |`)
  return `# Which test holds which section

Written by \`npm run docs\` from the comments above the tests; do not edit. A \`…\` stands for what a test is repeated with.

| Section | What is true when the test passes | Test |
| --- | --- | --- |
${lines.join('\n')}
`
}

function rowsOf({ path, text }: TestFile): Row[] {
  const lines = text.split('\n')
  const described = /^(?:describe|\]\))\((['"`])(.*?)\1/m.exec(text)?.[2] ?? ''
  const subject = described.replaceAll(/, \$\w+/g, '')
  return lines.flatMap((line, index) => {
    const sections = sectionsAbove.exec(line)?.[1]
    if (sections === undefined || !testBegins.test(lines[index + 1] ?? '')) return []
    const title = `${subject}: ${titleOf(lines, index + 1)}`.replaceAll('|', '\\|')
    const file = path.slice((path.startsWith(folder) ? folder : tests).length)
    return separate(sections).map((section) => ({ section, title, file }))
  })
}

/** The first text of a test; of a repeated one, the text behind the list of cases. */
function titleOf(lines: readonly string[], index: number): string {
  const repeated = lines[index]?.includes('it.each') === true
  const start = repeated ? lines.findIndex((line, at) => at >= index && /\]\)\(/.test(line)) : index
  const text = lines
    .slice(start, start + 3)
    .join(' ')
    .replace(/^.*?\]\)\(/, '')
  return (quoted.exec(text)?.[2] ?? '').replaceAll(/%[sj]/g, '…').replace(/: see the answer$/, '')
}

/** `RFC 1 §2, §3, RFC 4 §5` as three. */
function separate(text: string): string[] {
  let document = ''
  return text.split(', ').map((part) => {
    const at = part.indexOf('§')
    document = part.slice(0, at).trim() || document
    return `${document} ${part.slice(at)}`
  })
}
