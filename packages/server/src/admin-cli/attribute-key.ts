import { CliError } from './cli-error.ts'

/** A part of a key: a member, or an item of an array that is one. */
interface KeyPart {
  readonly name: string
  readonly index: number | undefined
}

/** `a."b.c".d[3]`, or `list+` to add to. */
export interface AttributeKey {
  readonly parts: readonly KeyPart[]
  readonly append: boolean
}

const part = /^(?:"([^"]*)"|([^".]+))(?:\.|$)/

/** @throws CliError for what is no key */
export function attributeKey(text: string): AttributeKey {
  const append = text.endsWith('+')
  const key = append ? text.slice(0, -1) : text
  const parts: KeyPart[] = []
  let rest = key
  while (rest !== '') {
    const match = part.exec(rest)
    const position = key.length - rest.length + 1
    if (match === null)
      throw new CliError(`Invalid attribute key: ${key} (at position ${position})`)
    parts.push(keyPart(match[1] ?? match[2] ?? ''))
    const whole = match[0]
    rest = rest.slice(whole.length)
    if (rest === '' && whole.endsWith('.')) {
      throw new CliError(`Invalid attribute key: ${key} (at position ${key.length})`)
    }
  }
  return { parts, append }
}

function keyPart(text: string): KeyPart {
  if (!text.endsWith(']')) return { name: text, index: undefined }
  const open = text.lastIndexOf('[')
  if (open < 0) throw new CliError(`Invalid attribute key: ${text} (']' not allowed here)`)
  const index = text.slice(open + 1, -1)
  if (!/^\d{1,9}$/.test(index)) {
    throw new CliError(`Invalid attribute key: ${text} (Invalid array index: '[${index}]')`)
  }
  return { name: text.slice(0, open), index: Number(index) }
}
