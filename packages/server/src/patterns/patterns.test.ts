import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parseJavaPattern } from './parse-java-pattern.ts'
import { Patterns, patternProblem } from './patterns.ts'
import { writeLinearPattern } from './write-linear-pattern.ts'
import { writeScriptPattern } from './write-script-pattern.ts'

const place = { realm: 'acme', setting: 'passwordPolicy regexPattern' }
const warnings: string[] = []
const patterns = new Patterns({ warn: (text) => warnings.push(text) })
afterAll(async () => await patterns[Symbol.asyncDispose]())

const isLinear = (source: string) => writeLinearPattern(parseJavaPattern(source)) !== undefined

/** Milliseconds that this thread has computed; the time that others had the core does not count, where Linux tells it. */
function ownMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6
  } catch {
    return performance.now()
  }
}

describe('patterns of administrators', () => {
  it.each([
    ['[a-z]+', 'abc', 'abc1'],
    [String.raw`^(?=.*\p{Punct}).{8,}$`, 'abcdefg!', 'abcdefgh'],
    [String.raw`^(?=.*\d)(?=.*[A-Z])(?!.*\s).{4,}$`, 'aB1x', 'a B1x'],
    ['^[a-z]++$', 'abc', 'ABC'],
    ['[0-9]*+[a-z]', '12a', '12'],
    [String.raw`\p{Alpha}\p{Digit}\p{Upper}`, 'a1B', 'ä1B'],
    [String.raw`\p{IsAlphabetic}+`, 'über', 'u1'],
    [String.raw`\p{L}+\p{IsLatin}`, 'мирa', 'мир'],
    [String.raw`\w+@\w+\.com`, 'a_1@b.com', 'ä@b.com'],
    ['(?i)straße', 'STRAßE', 'STRASSE'],
    ['(?i)[a-c]+x', 'AbCX', 'dx'],
    ['a(?i)b', 'aB', 'AB'],
    ['(?iu)ä', 'Ä', 'a'],
    ['[a-z&&[^aeiou]]+', 'xyz', 'xaz'],
    ['[a-d[m-p]]+', 'amp', 'ae'],
    [String.raw`\Qa.b\E+`, 'a.bb', 'axb'],
    [String.raw`[\]\-x]+`, ']-x', 'y'],
    ['[]a]+', ']a', 'b'],
    ['a.c', 'a😀c', 'a\nc'],
    ['(?s)a.c', 'a\nc', 'ac'],
    ['(?x) a b # both', 'ab', 'a b'],
    [String.raw`\x41\u0042\x{1F600}\uD83D\uDE00`, 'AB😀😀', 'AB😀'],
    [String.raw`[\x{1F600}-\x{1F64F}]`, '😀', '😀😀'],
    [String.raw`\S{3}`, 'a\u00a0b', 'a b'],
    ['(a)|b', 'b', 'c'],
    ['a||b', '', 'c'],
    ['x{2,3}', 'xxx', 'x'],
    ['a$', 'a', 'a\n'],
    ['(?:a|b$)', 'b', 'ab'],
    // Those below need the thread.
    [String.raw`(.)(.)\2\1`, 'abba', 'abab'],
    [String.raw`(?<q>['"]).*\k<q>`, `"a"`, `"a'`],
    ['.*(?<!admin)', 'user', 'theadmin'],
    ['(?>a|ab)c', 'ac', 'abc'],
    ['a*+a|b', 'b', 'aaa'],
    [String.raw`a$\n`, 'a\n', 'a'],
    ['(?ms)a$.^b', 'a\nb', 'ab'],
    [String.raw`[\p{L}&&[^\p{Lu}]]+`, 'abc', 'aBc'],
    ['.{0,2000}', 'abc', 'a\nb'],
  ])('%s takes %j and not %j, as Java', async (source, taken, refused) => {
    expect(patternProblem(source)).toBeNull()
    expect(await patterns.matches(source, taken, place), taken).toBe(true)
    expect(await patterns.matches(source, refused, place), refused).toBe(false)
  })

  it.each([
    ['([', 'Unclosed character class near index 1\n([\n ^'],
    ['a)b', "Unmatched closing ')' near index 0\na)b\n^"],
    ['(', 'Unclosed group near index 1\n(\n ^'],
    ['*a', "Dangling meta character '*' near index 0\n*a\n^"],
    ['a{,2}', 'Illegal repetition'],
    ['a{3,2}', 'Illegal repetition range'],
    ['[z-a]', 'Illegal character range'],
    [String.raw`\y`, 'Illegal/unsupported escape sequence'],
    [String.raw`\p{Foo}`, 'Unknown character property name {Foo}'],
    [String.raw`\p{constructor}`, 'Unknown character property name {constructor}'],
    [String.raw`\p{Isconstructor}`, 'Unknown character property name {Isconstructor}'],
    [String.raw`(?:(a)|b)\1`, 'not supported'],
  ])('%s is refused with a reason', async (source, reason) => {
    expect(patternProblem(source)).toContain(reason)
    expect(await patterns.matches(source, 'a', place)).toBe(false)
  })

  it('refuses a pattern that is too long or too deep', () => {
    expect(patternProblem('a'.repeat(5000))).toContain('Longer than 4096 characters')
    const deep = `${'('.repeat(200)}a${')'.repeat(200)}`
    expect(patternProblem(deep)).toContain('nest too deeply')
  })

  it.each([
    [String.raw`^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w\s]).{8,64}$`, true],
    ['^[a-z]++$', true],
    ['(a+)+b', true],
    [String.raw`(a)\1`, false],
    ['.*(?<=x)y', false],
    ['.{0,5000}', false],
  ])('%s is decided in linear time: %s', (source, expected) => {
    expect(isLinear(source)).toBe(expected)
  })

  it('stops a pattern that does not end, names the realm and its setting, and goes on', async () => {
    const source = String.raw`(?<!z)(a+)+\1b`
    const begin = performance.now()
    expect(await patterns.matches(source, 'a'.repeat(40), place)).toBe(false)
    expect(performance.now() - begin).toBeLessThan(5000)
    expect(warnings.at(-1)).toBe(
      'Realm acme: the pattern of passwordPolicy regexPattern took longer than 50 ms, which counts as no match',
    )
    expect(await patterns.matches(String.raw`(a)\1`, 'aa', place)).toBe(true)
  })

  it('lets realms take turns at the thread', async () => {
    const order: string[] = []
    const ask = async (realm: string, source: string) => {
      await patterns.matches(source, 'a'.repeat(40), { realm, setting: 'x' })
      order.push(realm)
    }
    const hostile = Array.from({ length: 6 }, () => ask('hostile', String.raw`(?<!z)(a+)+\1b`))
    await Promise.all([...hostile, ask('normal', String.raw`(a)\1*`)])
    expect(order.indexOf('normal')).toBeLessThan(3)
  })
})

const atom = fc.oneof(
  fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', String.raw`\w`, String.raw`\p{L}`, '^', '$', '😀'),
  fc.constantFrom(String.raw`\b`, '[a-c&&[^b]]', String.raw`\p{Punct}`, String.raw`\s`, 'ab'),
)
const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  pattern: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
  piece: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    atom,
    fc
      .tuple(
        tie('pattern'),
        fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,40}', '{30,}', '*+', '++', '*?'),
      )
      .map(([inner, count]) => `(${inner})${count}`),
    tie('pattern').map((inner) => `(?:${inner}|a)`),
    fc
      .tuple(fc.constantFrom('?=', '?!', '?<=', '?<!', '?>', '?i:'), tie('pattern'))
      .map(([kind, inner]) => `(${kind}${inner})`),
  ),
}))

describe('random patterns', () => {
  it('say the same in linear time as by backtracking', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'A', '1', '!', '\n', '😀'), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(pattern, text, async (source, characters) => {
        const parsed = parseJavaPattern(source)
        if (writeLinearPattern(parsed) === undefined) return
        const input = characters.join('')
        const expected = new RegExp(writeScriptPattern(parsed), 'v').test(input)
        expect(await patterns.matches(source, input, place)).toBe(expected)
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
    )
  }, 60_000)

  it('never keep the event loop for 100 ms', async () => {
    const text = fc
      .tuple(fc.constantFrom('a', 'ab', 'b1', '😀a'), fc.integer({ min: 1, max: 4096 }))
      .map(([unit, length]) => unit.repeat(length).slice(0, 4096))
    const source = fc.oneof(
      pattern,
      fc.tuple(pattern, pattern).map(([a, b]) => `(${a})*(${b}){20}`),
    )
    await fc.assert(
      fc.asyncProperty(source, text, async (one, input) => {
        const begin = ownMs()
        const answer = patterns.matches(one, input, place)
        const took = ownMs() - begin
        await answer
        expect(took).toBeLessThan(100)
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
    )
  }, 60_000)
})
