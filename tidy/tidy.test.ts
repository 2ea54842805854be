import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RepositoryFile, repositoryFiles } from './repository-files.ts'

const columnsMax = 140
/** Of a line that holds a text, which the formatter does not break. */
const textColumnsMax = 320
const sharedFilesMax = 10

/** Words that say nothing about what a thing is (STYLE.md, Names). */
const emptyWords = [
  'manager',
  'helper',
  'helpers',
  'util',
  'utils',
  'common',
  'misc',
  'base',
  'data',
  'info',
]

/** Names that a specification, Keycloak or a library gave: they keep theirs. */
const givenNames = new Set([
  'InfoModel',
  'renderInfo',
  'render-info.ts',
  // `GET /admin/serverinfo`.
  'server-info',
  'server-info.ts',
  'registerServerInfo',
  // The lock of the directory that the setting calls `data`.
  'DataLock',
  'data-lock.ts',
])

/** Members whose callers are no production code of this repository. */
const membersForOthers = new Set([
  // pg calls what a statement hands to it.
  'handleRowDescription',
  'handleDataRow',
  'handleEmptyQuery',
  'handleReadyForQuery',
  'handleError',
  // The build does.
  'isCompiled',
  'keepCompiled',
  // Tokens encrypted for a client ask for it.
  'encryptionKey',
  // Only tests look so far inside.
  'onReachability',
  'primarySegments',
])

const files = repositoryFiles()
const code = files.filter(({ path }) => /\.(?:ts|mts|mjs|js)$/.test(path))
const sources = code.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path))
const production = sources.filter(({ path }) => !path.endsWith('.test.ts'))

/** @returns `path:line: text` of each line that the rule catches */
function lines(among: readonly RepositoryFile[], caught: (line: string) => boolean): string[] {
  return among.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
      .filter(({ line }) => caught(line))
      .map(({ line, place }) => `${place}: ${line.trim().slice(0, 120)}`),
  )
}

/** @returns the words of a camelCase, PascalCase or kebab-case name, in lower case */
function words(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
}

function saysNothing(name: string): boolean {
  return !givenNames.has(name) && words(name).some((word) => emptyWords.includes(word))
}

describe('names', () => {
  it('of files and folders say what is in them', () => {
    const caught = sources.filter(({ path }) => path.split('/').slice(3).some(saysNothing))
    expect(caught.map(({ path }) => path)).toEqual([])
  })

  it('of exports say what they are', () => {
    const exported =
      /^export (?:abstract )?(?:async )?(?:const|function\*?|class|interface|type) (\w+)/
    expect(lines(production, (line) => saysNothing(exported.exec(line)?.[1] ?? ''))).toEqual([])
  })
})

describe('text', () => {
  it('leaves nothing for later', () => {
    const unfinished = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X:', 'not ' + 'implemented'].join('|'),
      'i',
    )
    const marks = new RegExp(`\\b(?:${unfinished.source})`, 'i')
    expect(lines(production, (line) => marks.test(line))).toEqual([])
  })

  it('names no path of one machine', () => {
    const machinePath = /(?<![\w.:/-])\/(?:home|Users|root|work|workspace|mnt)\/[\w.-]+/
    expect(lines(files, (line) => machinePath.test(line))).toEqual([])
  })

  it(`has lines of at most ${columnsMax} columns, with texts ${textColumnsMax}`, () => {
    const tooWide = (line: string) =>
      line.length > textColumnsMax || (line.length > columnsMax && !/['"`]|^\s*\//.test(line))
    const written = code.filter(({ path }) => !path.includes('/pages/'))
    expect(lines(written, tooWide)).toEqual([])
  })

  it('has no tabs, no blanks at line ends and one newline at the end', () => {
    const written = files.filter(
      ({ path }) => path !== 'LICENSE' && !path.startsWith('docs/reference/'),
    )
    expect(lines(written, (line) => /[ \t\r]$|\t/.test(line) && !/\S {2}$/.test(line))).toEqual([])
    const badEnd = written.filter(({ text }) => text !== '' && !/[^\n]\n$/.test(text))
    expect(badEnd.map(({ path }) => path)).toEqual([])
  })
})

describe('code', () => {
  it('keeps SQL in stores, migrations and the cluster shell', () => {
    const place = /-store\.ts$|^packages\/cluster\/|\/(?:migrations|clustering|database)\//
    const statement =
      /['"`]\s*(?:SELECT (?!1')|INSERT INTO |UPDATE \w+ SET |DELETE FROM |WITH \w+ AS )/
    const elsewhere = production.filter(({ path }) => !place.test(path))
    expect(lines(elsewhere, (line) => statement.test(line))).toEqual([])
  })

  it('has no state in modules', () => {
    // What stands inside a template is the source of a worker thread, not of this module.
    const outsideTemplates = production.map(({ path, text }) => ({
      path,
      text: text.replace(/`[^`]*`/g, (template) => template.replace(/[^\n]/g, '')),
    }))
    expect(lines(outsideTemplates, (line) => /^(?:export )?let\s/.test(line))).toEqual([])
  })

  it('does not talk the compiler out of its opinion', () => {
    const silenced = /\bas any\b|@ts-(?:ignore|nocheck)|as unknown as any/
    const isProse = (line: string) => /^\s*(?:\*|\/\*\*|\/\/ [A-Z])/.test(line)
    expect(lines(production, (line) => silenced.test(line) && !isProse(line))).toEqual([])
  })

  it('has no class member that production code never names', () => {
    const words = new Map<string, number>()
    for (const { text } of production) {
      for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) {
        words.set(word, (words.get(word) ?? 0) + 1)
      }
    }
    const member =
      /^ {2}(?:static )?(?:async )?(?:get |set )?\*?([a-z]\w*)(?:<[^(]*>)?\(.*[{]$|^ {2}(?:static )?(?:async )?\*?([a-z]\w*)(?:<[^(]*>)?\($/
    const unnamed = lines(production, (line) => {
      const found = member.exec(line)
      const name = found?.[1] ?? found?.[2] ?? ''
      return words.get(name) === 1 && !membersForOthers.has(name)
    })
    expect(unnamed).toEqual([])
  })

  it(`keeps shared/ to ${sharedFilesMax} files`, () => {
    const shared = production.filter(({ path }) => path.startsWith('packages/server/src/shared/'))
    expect(shared.length).toBeLessThanOrEqual(sharedFilesMax)
  })
})

describe('documentation', () => {
  it('links only to files that exist', () => {
    const pages = files.filter(({ path }) => path.endsWith('.md'))
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => normalize(join(dirname(path), match[1] ?? '')))
        .filter((target) => !existsSync(join(import.meta.dirname, '..', target)))
        .map((target) => `${path} -> ${target}`),
    )
    expect(broken).toEqual([])
  })
})
