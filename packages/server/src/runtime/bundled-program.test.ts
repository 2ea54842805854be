import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BundledProgram, bundleWrapper, compiledSuffix } from './bundled-program.ts'

const { postBanner, postFooter } = bundleWrapper
const dist = join(import.meta.dirname, '../../dist')
const entry = 'entry.cjs'
const compiledEntry = entry + compiledSuffix
/** Two checksums, then what V8 wrote, which begins with a magic number and its version. */
const place = { ownChecksum: 20, code: 40, version: 44 }

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-bundle-'))
  writeFile(entry, "const { sum } = require('./sum.cjs'); exports.answer = () => sum(40, 2)")
  writeFile('sum.cjs', 'exports.sum = (a, b) => a + b')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function writeFile(name: string, text: string): void {
  writeFileSync(join(folder, name), `${postBanner}\n${text}\n${postFooter}`)
}

/** As the build does. */
function build(): void {
  const program = new BundledProgram(folder)
  program.load(entry)
  program.keepCompiled()
}

/** In a process of its own: V8 remembers what a process has compiled. */
const starter = `
import { BundledProgram } from ${JSON.stringify(pathToFileURL(join(dist, 'runtime/bundled-program.js')).href)}
const program = new BundledProgram(process.argv[1])
const saved = program.isCompiled('${entry}')
console.log(JSON.stringify({ answer: program.load('${entry}').answer(), saved }))
`

/** What a process that starts now answers, and whether it was saved compiling. */
function start(...flags: string[]): unknown {
  const args = [...flags, '--input-type=module', '--eval', starter, folder]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

function changeCompiled(change: (code: Buffer) => Buffer): void {
  const file = join(folder, compiledEntry)
  const code = readFileSync(file)
  writeFileSync(file, change(code))
}

describe('a bundled program', () => {
  test('runs from the code that the build kept', () => {
    build()
    expect(start()).toEqual({ answer: 42, saved: true })
  })

  test('runs when no code was kept', () => {
    expect(start()).toEqual({ answer: 42, saved: false })
  })

  test('runs its own text when the kept code is of another text of the same length', () => {
    build()
    const text = readFileSync(join(folder, entry), 'utf8')
    writeFileSync(join(folder, entry), text.replace('sum(40, 2)', 'sum(40, 3)'))
    expect(start()).toEqual({ answer: 43, saved: false })
  })

  test.each([
    ['empty', () => Buffer.alloc(0)],
    ['cut off in the head', (code: Buffer) => code.subarray(0, 5)],
    ['cut off', (code: Buffer) => code.subarray(0, code.length >> 1)],
    ['overwritten from its middle on', (code: Buffer) => code.fill(0xaa, code.length >> 1)],
    ['zeroed', (code: Buffer) => code.fill(0, place.code)],
  ] as const)('compiles its text when the kept code is %s', (_, change) => {
    build()
    changeCompiled(change)
    expect(start()).toEqual({ answer: 42, saved: false })
  })

  test('compiles its text when the kept code is of another version of V8', () => {
    build()
    changeCompiled((code) => {
      code.writeUInt32LE(code.readUInt32LE(place.version) + 1, place.version)
      const own = createHash('sha1').update(code.subarray(place.code)).digest()
      own.copy(code, place.ownChecksum)
      return code
    })
    expect(start()).toEqual({ answer: 42, saved: false })
  })

  test('compiles its text when V8 runs with other flags than at the build', () => {
    build()
    expect(start('--no-opt')).toEqual({ answer: 42, saved: false })
  })

  test('runs a file again that threw', () => {
    writeFile(
      entry,
      "if ((globalThis.attempts = (globalThis.attempts ?? 0) + 1) < 2) throw new Error('once')",
    )
    const program = new BundledProgram(folder)
    expect(() => program.load(entry)).toThrow('once')
    expect(program.load(entry)).toEqual({})
  })

  test('runs a file once, however often it is loaded', () => {
    writeFile('count.cjs', 'globalThis.timesRun = (globalThis.timesRun ?? 0) + 1')
    const program = new BundledProgram(folder)
    program.load('count.cjs')
    program.load('count.cjs')
    expect(Reflect.get(globalThis, 'timesRun')).toBe(1)
  })

  test('finds packages where every file of the server does', () => {
    writeFile(entry, "exports.found = [require('pg').Client.name, __filename, __dirname]")
    // Where packages are found.
    const inside = mkdtempSync(join(dist, 'bundle-test-'))
    try {
      copyFileSync(join(folder, entry), join(inside, entry))
      const found = ['Client', join(inside, entry), inside]
      expect(new BundledProgram(inside).load(entry)).toEqual({ found })
    } finally {
      rmSync(inside, { recursive: true, force: true })
    }
  })

  test('names the file and the line where something is thrown', () => {
    writeFile(entry, "throw new Error('first line of the text')")
    const load = () => new BundledProgram(folder).load(entry)
    expect(load).toThrow(expect.objectContaining({ stack: expect.stringContaining(`${entry}:2:`) }))
  })
})
