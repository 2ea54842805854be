import { ownMember } from '../shared/own-member.ts'
import { type CharacterClass, lastCodePoint, not, rangesOf } from './character-class.ts'

const punctuation = '!/:@[`{~'

/** Java's POSIX classes, of ASCII alone. */
const posix: Readonly<Record<string, CharacterClass>> = {
  Lower: rangesOf('az'),
  Upper: rangesOf('AZ'),
  ASCII: rangesOf('\u0000\u007f'),
  Alpha: rangesOf('azAZ'),
  Digit: rangesOf('09'),
  Alnum: rangesOf('azAZ09'),
  Punct: rangesOf(punctuation),
  Graph: rangesOf('!~'),
  Print: rangesOf(' ~'),
  Blank: rangesOf('  \t\t'),
  Cntrl: rangesOf('\u0000\u001f\u007f\u007f'),
  XDigit: rangesOf('09afAF'),
  Space: rangesOf('\t\r  '),
  L1: rangesOf('\u0000\u00ff'),
  all: { kind: 'ranges', ranges: [[0, lastCodePoint]] },
}

/** Classes by a letter behind a backslash; the capital letter is the opposite. */
export const perlClasses: Readonly<Record<string, CharacterClass>> = {
  d: rangesOf('09'),
  w: rangesOf('azAZ09__'),
  s: rangesOf('\t\r  '),
  h: rangesOf(
    '  \t\t\u00a0\u00a0\u1680\u1680\u180e\u180e\u2000\u200a\u202f\u202f\u205f\u205f\u3000\u3000',
  ),
  v: rangesOf('\n\r\u0085\u0085\u2028\u2029'),
}

/** What `\d`, `\w` and `\s` are under the flag `U`. */
export const unicodePerlClasses: Readonly<Record<string, CharacterClass>> = {
  ...perlClasses,
  d: property('Nd', 'Nd'),
  w: {
    kind: 'union',
    parts: ['Alphabetic', 'M', 'Nd', 'Pc', 'Join_Control'].map((name) => property(name)),
  },
  s: property('White_Space'),
}

/** Java's `\p{java…}`, as far as ECMAScript has a property that says the same. */
const javaMethods: Readonly<Record<string, CharacterClass>> = {
  javaLowerCase: property('Lowercase'),
  javaUpperCase: property('Uppercase'),
  javaTitleCase: property('Lt', 'Lt'),
  javaAlphabetic: property('Alphabetic'),
  javaIdeographic: property('Ideographic'),
  javaDigit: property('Nd', 'Nd'),
  javaLetter: property('L', 'L'),
  javaLetterOrDigit: { kind: 'union', parts: [property('L', 'L'), property('Nd', 'Nd')] },
  javaSpaceChar: property('Z', 'Z'),
  javaISOControl: rangesOf('\u0000\u001f\u007f\u009f'),
}

/** Binary properties behind `Is`, by their name in lower case without underscores. */
const binary: Readonly<Record<string, string>> = {
  alphabetic: 'Alphabetic',
  ideographic: 'Ideographic',
  letter: 'L',
  lowercase: 'Lowercase',
  uppercase: 'Uppercase',
  titlecase: 'Lt',
  punctuation: 'P',
  control: 'Cc',
  whitespace: 'White_Space',
  digit: 'Nd',
  hexdigit: 'Hex_Digit',
  joincontrol: 'Join_Control',
  noncharactercodepoint: 'Noncharacter_Code_Point',
  assigned: 'Assigned',
  emoji: 'Emoji',
  emojipresentation: 'Emoji_Presentation',
  emojimodifier: 'Emoji_Modifier',
  emojimodifierbase: 'Emoji_Modifier_Base',
  emojicomponent: 'Emoji_Component',
  extendedpictographic: 'Extended_Pictographic',
}

const categories = new Set(
  'L M N P S Z C LC Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(
    ' ',
  ),
)

/**
 * @param name what stands in the braces of `\p{…}`
 * @returns the set, or undefined for a name that is not known here
 */
export function javaProperty(name: string): CharacterClass | undefined {
  const assignment = /^(\w+)=([\w -]+)$/.exec(name)
  if (assignment) {
    const [, key = '', value = ''] = assignment
    if (/^(?:general_category|gc)$/i.test(key)) return category(value)
    return /^(?:script|sc)$/i.test(key) ? script(value) : undefined
  }
  const found = ownMember(posix, name) ?? ownMember(javaMethods, name) ?? category(name)
  if (found !== undefined) return found
  if (!name.startsWith('Is')) return undefined
  const bare = name.slice(2)
  const known = ownMember(binary, bare.toLowerCase().replaceAll('_', ''))
  if (known !== undefined) return property(known, categories.has(known) ? known : undefined)
  return category(bare) ?? script(bare)
}

function category(name: string): CharacterClass | undefined {
  if (!categories.has(name)) return undefined
  if (name === 'Cn' || name === 'C') return property(name)
  if (name !== 'LC') return property(name, name)
  return { kind: 'union', parts: ['Lu', 'Ll', 'Lt'].map((part) => property(part, part)) }
}

function script(name: string): CharacterClass | undefined {
  const words = name.toLowerCase().split(/[_ -]/)
  const spelled = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('_')
  try {
    new RegExp(`\\p{Script=${spelled}}`, 'v')
  } catch {
    return undefined
  }
  return property(`Script=${spelled}`, spelled)
}

function property(name: string, linearName?: string): CharacterClass {
  return {
    kind: 'property',
    name,
    ...(linearName === undefined ? {} : { linearName }),
    negated: false,
  }
}

/** Characters that end a line for Java. @param unixLines only line feed (flag `d`) */
export function lineTerminators(unixLines: boolean): CharacterClass {
  return rangesOf(unixLines ? '\n\n' : '\n\n\r\r\u0085\u0085\u2028\u2029')
}

/** @returns the opposite where the letter is a capital one */
export function perlClass(letter: string, unicode: boolean): CharacterClass | undefined {
  const classes = unicode ? unicodePerlClasses : perlClasses
  const set = classes[letter.toLowerCase()]
  if (set === undefined) return undefined
  return letter === letter.toLowerCase() ? set : not(set)
}
