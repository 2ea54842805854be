import { describe, expect, it } from 'vitest'
import { type RepositoryFile, repositoryFiles, repositoryPaths } from './repository-files.ts'

const paths = repositoryPaths()
const files = repositoryFiles()
const code = files.filter(({ path }) => /\.(?:ts|mts|mjs)$/.test(path) && !path.startsWith('tidy/'))
const pages = new Map(
  files.filter(({ path }) => path.endsWith('.md')).map((file) => [file.path, file]),
)

/** Names that people of Keycloak write, not files of this repository. */
const filesOfOthers = new Set([
  'keycloak.json',
  // PostgreSQL's package.
  'pg-symlinks.json',
])

/** Lines of a file that are comments, with their place. */
function comments({ path, text }: RepositoryFile): { place: string; line: string }[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
    .filter(({ line }) => /^\s*(?:\*|\/\*|\/\/)/.test(line))
}

function pageNamed(name: string): RepositoryFile | undefined {
  const path = [...pages.keys()].find((page) => page === name || page.endsWith(`/${name}`))
  return path === undefined ? undefined : pages.get(path)
}

/** What stands behind a comment up to the body: the signature of what it describes. */
function signatureAfter(text: string, from: number): string {
  const rest = text.slice(from, from + 2_000)
  const end = rest.search(/(?:\{|=>|;)\n|\n\n/)
  return end < 0 ? rest : rest.slice(0, end)
}

describe('comments', () => {
  it('cite sections that exist', () => {
    const wrong = code.flatMap(comments).flatMap(({ place, line }) =>
      [...line.matchAll(/([\w-]+\.md)(?:,)? §\s?(\d+(?:\.\d+)?)/g)]
        .filter(([, name = '', section = '']) => {
          const heading = new RegExp(`^#+ ${section.replace('.', '\\.')}[. ]`, 'm')
          return !heading.test(pageNamed(name)?.text ?? '')
        })
        .map(([cited]) => `${place}: ${cited}`),
    )
    expect(wrong).toEqual([])
  })

  it('name files that exist', () => {
    const named = /(?<![\w.@/<{*…-])((?:[\w-]+\/)*\w[\w-]*\.(?:ts|mjs|md|json))\b/g
    const wrong = code.flatMap(comments).flatMap(({ place, line }) =>
      [...line.replace(/https?:\S+/g, '').matchAll(named)]
        .map(([, name = '']) => name)
        .filter((name) => !filesOfOthers.has(name))
        .filter((name) => !paths.some((path) => path === name || path.endsWith(`/${name}`)))
        .map((name) => `${place}: ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('describe parameters that exist', () => {
    const wrong = code.flatMap(({ path, text }) =>
      [...text.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/g)].flatMap((comment) => {
        const signature = signatureAfter(text, comment.index + comment[0].length)
        return [...comment[0].matchAll(/@param (\w+)/g)]
          .map(([, name = '']) => name)
          .filter((name) => !new RegExp(`\\b${name}\\b`).test(signature))
          .map((name) => `${path}: @param ${name}`)
      }),
    )
    expect(wrong).toEqual([])
  })
})
