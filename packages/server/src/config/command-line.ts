import type { SettingCatalogue } from './setting-catalogue.ts'
import { SettingError } from './setting-error.ts'

/** Commands, with the options of their own: name → whether a value follows. */
export const commands: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  start: {},
  'start-dev': {},
  build: {},
  export: { dir: true, file: true, realm: true, users: true, 'users-per-file': true },
  import: { dir: true, file: true, override: true, 'dry-run': false, format: true },
  'show-config': {},
  doctor: {},
  'tools completion': {},
  'tools build-password-denylist': { fpp: true, output: true },
  'update-compatibility check': { file: true },
  'update-compatibility metadata': { file: true },
  'bootstrap-admin user': {
    username: true,
    password: true,
    'username:env': true,
    'password:env': true,
    'no-prompt': false,
    optimized: false,
  },
  'bootstrap-admin service': {
    'client-id': true,
    'client-secret': true,
    'client-id:env': true,
    'client-secret:env': true,
    'no-prompt': false,
    optimized: false,
  },
}

const programDefault = 'holdfast'
/** What takes words that are no options. */
const takesWords = new Set(['show-config', 'tools build-password-denylist'])
const globalFlags = new Set(['help', 'help-all', 'version', 'verbose'])

/** A command line taken apart. Keycloak's syntax (`-cf`, `-Dname=value`, option families) is its own, so this is no library's. */
export interface CommandLine {
  /** Undefined when only global options were given. */
  readonly command: string | undefined
  /** Values of settings by name. */
  readonly settings: ReadonlyMap<string, string>
  /** Options of the command itself; flags have the value `true`. */
  readonly options: ReadonlyMap<string, string>
  /** `-Dname=value`. */
  readonly properties: ReadonlyMap<string, string>
  readonly configFile: string | undefined
  /** Words that are no option: `all` of `show-config all`. */
  readonly words: readonly string[]
}

interface Parsing {
  readonly program: string
  command: string | undefined
  readonly settings: Map<string, string>
  readonly options: Map<string, string>
  readonly properties: Map<string, string>
  configFile: string | undefined
  readonly words: string[]
}

/**
 * @param args without the program's own name
 * @param program that name, for messages
 * @throws SettingError on an unknown command or option, or when a value is missing
 */
export function parseCommandLine(
  args: readonly string[],
  catalogue: SettingCatalogue,
  program = programDefault,
): CommandLine {
  const parsing: Parsing = {
    program,
    command: undefined,
    settings: new Map(),
    options: new Map(),
    properties: new Map(),
    configFile: undefined,
    words: [],
  }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg.startsWith('-')) takeOption(arg, rest, parsing, catalogue)
    else takeWord(arg, rest, parsing)
  }
  return parsing
}

function takeWord(word: string, rest: string[], parsing: Parsing): void {
  if (parsing.command !== undefined) {
    if (!takesWords.has(parsing.command)) {
      throw new SettingError(`Unknown option: '${word}'`, [
        tryHelp(parsing.program, parsing.command),
      ])
    }
    parsing.words.push(word)
    return
  }
  const two = `${word} ${rest[0] ?? ''}`
  if (two in commands) {
    rest.shift()
    parsing.command = two
  } else if (word in commands) {
    parsing.command = word
  } else if (isGroup(word)) {
    // Help of the whole is help of a group, too.
    if (rest.some((next) => next === '--help' || next === '-h')) return
    throw new SettingError('Missing required subcommand', [tryHelp(parsing.program, word)])
  } else {
    const list = Object.keys(commands).filter((name) => !name.includes(' '))
    throw new SettingError(`Unknown option: '${word}'`, [
      `The commands are: ${list.join(', ')}, bootstrap-admin user`,
      tryHelp(parsing.program, undefined),
    ])
  }
}

/** Whether commands begin with this word, and none is it. */
function isGroup(word: string): boolean {
  return Object.keys(commands).some((name) => name.startsWith(`${word} `))
}

function takeOption(
  arg: string,
  rest: string[],
  parsing: Parsing,
  catalogue: SettingCatalogue,
): void {
  if (arg.startsWith('-D')) {
    takeProperty(arg.slice(2), parsing)
    return
  }
  const equals = arg.indexOf('=')
  const flag = equals < 0 ? arg : arg.slice(0, equals)
  const given = equals < 0 ? undefined : arg.slice(equals + 1)
  const name = longName(flag)
  if (name === 'config-file') {
    parsing.configFile = takeValue(flag, 'file', given, rest, parsing)
  } else if (globalFlags.has(name)) {
    parsing.options.set(name, given ?? 'true')
  } else if (!takeCommandOption(name, flag, given, rest, parsing)) {
    takeSetting(name, flag, given, rest, parsing, catalogue)
  }
}

function longName(flag: string): string {
  if (flag === '-cf') return 'config-file'
  if (flag === '-h') return 'help'
  if (flag === '-v') return 'verbose'
  if (flag === '-V') return 'version'
  if (flag === '-o') return 'output'
  return flag.startsWith('--') ? flag.slice(2) : flag
}

function takeProperty(text: string, parsing: Parsing): void {
  const equals = text.indexOf('=')
  if (equals < 0) parsing.properties.set(text, 'true')
  else parsing.properties.set(text.slice(0, equals), text.slice(equals + 1))
}

function takeCommandOption(
  name: string,
  flag: string,
  given: string | undefined,
  rest: string[],
  parsing: Parsing,
): boolean {
  const takesValue = commands[parsing.command ?? '']?.[name]
  if (takesValue === undefined) return false
  parsing.options.set(
    name,
    takesValue ? takeValue(flag, name, given, rest, parsing) : (given ?? 'true'),
  )
  return true
}

function takeSetting(
  name: string,
  flag: string,
  given: string | undefined,
  rest: string[],
  parsing: Parsing,
  catalogue: SettingCatalogue,
): void {
  if (name.startsWith('spi-')) {
    parsing.settings.set(name, takeValue(flag, 'value', given, rest, parsing))
    return
  }
  const setting = flag.startsWith('--') ? catalogue.find(name) : undefined
  if (setting === undefined) throw unknownOption(flag, name, parsing, catalogue)
  if (setting.type === 'flag') parsing.settings.set(name, given ?? 'true')
  else
    parsing.settings.set(
      name,
      takeValue(flag, setting.argument ?? 'true|false', given, rest, parsing),
    )
}

function takeValue(
  flag: string,
  argument: string,
  given: string | undefined,
  rest: string[],
  { program, command }: Pick<Parsing, 'program' | 'command'>,
): string {
  const value = given ?? (rest[0]?.startsWith('-') === false ? rest.shift() : undefined)
  if (value === undefined) {
    throw new SettingError(`Option '${flag}' (${argument}) expects a single value.`, [
      tryHelp(program, command),
    ])
  }
  return value
}

function unknownOption(
  flag: string,
  name: string,
  { program, command }: Pick<Parsing, 'program' | 'command'>,
  catalogue: SettingCatalogue,
): SettingError {
  const similar = catalogue.similar(name).map((candidate) => `--${candidate}`)
  return new SettingError(`Unknown option: '${flag}'`, [
    ...(similar.length > 0 ? [`Possible solutions: ${similar.join(', ')}`] : []),
    tryHelp(program, command),
  ])
}

function tryHelp(program: string, command: string | undefined): string {
  return `Try '${program} ${command === undefined ? '' : `${command} `}--help' for more information on the available options.`
}
