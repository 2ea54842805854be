import { editDistance } from '../config/edit-distance.ts'
import { CliError } from './cli-error.ts'
import type { CommandOption, CommandShape } from './command-options.ts'

/** A change of a JSON document that the command line asks for. */
export interface AttributeChange {
  readonly kind: 'set' | 'delete'
  readonly text: string
}

/** A command line taken apart. */
export interface ParsedCommand {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** `-s` and `-d` in the order in which they stand. */
  readonly changes: readonly AttributeChange[]
  /** The word that is no option. */
  readonly word: string | undefined
}

/** How much a name may differ from the one that was meant, of its length. */
const similarity = 0.5
const suggestionsMax = 3

/**
 * Takes the arguments of a command apart, as kcadm does: `--name value`, `--name=value`, `-n value`, `-n=value`.
 * @param from where the arguments of the command begin among `args`
 * @throws CliError in the words of kcadm
 */
export function parsedCommand(
  args: readonly string[],
  from: number,
  { options, wordsMax }: CommandShape,
): ParsedCommand {
  const named = new Map(options.flatMap((option) => option.names.map((name) => [name, option])))
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const lists = new Map<string, string[]>()
  const changes: AttributeChange[] = []
  const words: number[] = []
  const unknown: number[] = []
  for (let index = from; index < args.length; index += 1) {
    const { name, given, option } = optionAt(args[index] ?? '', named)
    if (option === undefined) {
      if (name.startsWith('-') && name !== '-') unknown.push(index)
      words.push(index)
      continue
    }
    if (option.kind === 'flag') {
      if (given !== 'false') flags.add(option.key)
      continue
    }
    const value = given ?? valueBehind(args, index, option, named)
    if (given === undefined) index += 1
    take(option, value, values, lists)
    if (option.key === 'set' || option.key === 'delete') {
      changes.push({ kind: option.key, text: value })
    }
  }
  const [first] = unknown
  if (first !== undefined) {
    const behind = words.filter((index) => index >= first)
    const texts = behind.map((index) => args[index] ?? '')
    throw unknownOptions(texts, named)
  }
  const surplus = words.slice(wordsMax)
  if (surplus.length > 0) throw unmatched(args, surplus)
  return { flags, values, lists, changes, word: args[words[0] ?? -1] }
}

type Named = ReadonlyMap<string, CommandOption>

function optionAt(text: string, named: Named) {
  const whole = named.get(text)
  if (whole !== undefined) return { name: text, given: undefined, option: whole }
  const equals = text.indexOf('=')
  const name = equals < 0 ? text : text.slice(0, equals)
  const given = equals < 0 ? undefined : text.slice(equals + 1)
  return { name, given, option: named.get(name) }
}

function valueBehind(
  args: readonly string[],
  index: number,
  option: CommandOption,
  named: Named,
): string {
  const value = args[index + 1]
  const name = option.names.at(-1)
  if (value === undefined) {
    throw new CliError(`Missing required parameter for option '${name}' (<${option.key}>)`, true)
  }
  if (named.has(value)) {
    throw new CliError(`Expected parameter for option '${name}' but found '${value}'`, true)
  }
  return value
}

function take(
  { kind, key, names }: CommandOption,
  value: string,
  values: Map<string, string>,
  lists: Map<string, string[]>,
): void {
  if (kind === 'list') {
    lists.set(key, [...(lists.get(key) ?? []), value])
    return
  }
  const name = names.at(-1)
  if (values.has(key)) {
    throw new CliError(`option '${name}' (<${key}>) should be specified only once`, true)
  }
  if (kind === 'number' && !/^[+-]?\d{1,10}$/.test(value)) {
    throw new CliError(`Invalid value for option '${name}': '${value}' is not an int`, true)
  }
  values.set(key, value)
}

function unknownOptions(texts: readonly string[], named: Named): CliError {
  const [text = '', ...more] = texts
  if (more.length > 0) {
    return new CliError(`Unknown options: ${texts.map((one) => `'${one}'`).join(', ')}`, true)
  }
  const close = [...named.keys()]
    .map((name) => ({ name, distance: editDistance(text, name) }))
    .filter(({ name, distance }) => distance <= name.length * similarity && name.length > 2)
    .toSorted((a, b) => a.distance - b.distance)
  const suggestions = close.slice(0, suggestionsMax).map(({ name }) => name)
  return new CliError(`Unknown option: '${text}'`, true, suggestions)
}

function unmatched(args: readonly string[], surplus: readonly number[]): CliError {
  const list = surplus.map((index) => `'${args[index]}'`).join(', ')
  const [first] = surplus
  return new CliError(
    surplus.length === 1
      ? `Unmatched argument at index ${first}: ${list}`
      : `Unmatched arguments from index ${first}: ${list}`,
    true,
  )
}
