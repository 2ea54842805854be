import { ownMember } from '../shared/own-member.ts'
import { adminHelp } from './admin-help.ts'
import { CliError } from './cli-error.ts'
import { commandShapes } from './command-options.ts'
import { configCredentials, configTruststore } from './config-command.ts'
import { newObject } from './new-object-command.ts'
import { type ParsedCommand, parsedCommand } from './parsed-command.ts'
import { requestCommand } from './request-command.ts'
import { changeRoles, getRoles, setPassword } from './roles-command.ts'
import type { Terminal } from './terminal.ts'

type Run = (command: ParsedCommand, terminal: Terminal) => Promise<void>

const usageExitCode = 2
const failureExitCode = 1

const runs: Readonly<Record<string, Run>> = {
  'config credentials': configCredentials,
  'config truststore': configTruststore,
  create: (command, terminal) =>
    requestCommand({ method: 'POST', prints: false }, command, terminal),
  get: (command, terminal) => requestCommand({ method: 'GET', prints: true }, command, terminal),
  update: (command, terminal) =>
    requestCommand({ method: 'PUT', prints: false }, command, terminal),
  delete: (command, terminal) =>
    requestCommand({ method: 'DELETE', prints: false }, command, terminal),
  'get-roles': getRoles,
  'add-roles': (command, terminal) => changeRoles('add', command, terminal),
  'remove-roles': (command, terminal) => changeRoles('remove', command, terminal),
  'set-password': setPassword,
  'new-object': newObject,
}
/** Options that alone give a command nothing to do. */
const besides: ReadonlySet<string> = new Set(['targetRealm', 'adminRestRoot', 'format'])

/**
 * `holdfast admin …`: the verbs and flags of Keycloak's kcadm, with its texts and exit codes.
 * @param args those behind `admin`
 * @returns 0 = done, 1 = failed, 2 = the command line is to blame
 */
export async function runAdmin(args: readonly string[], terminal: Terminal): Promise<number> {
  const words = args[0] === 'config' && isSubcommand(args[1]) ? 2 : 1
  const name = args.slice(0, words).join(' ')
  const trace = args.includes('-x')
  try {
    return await dispatch(name, words, args, terminal)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    terminal.err(`${error.message}\n`)
    if (error.suggestions.length > 0) {
      terminal.err(`Possible solutions: ${error.suggestions.join(', ')}\n`)
    }
    if (trace) terminal.err(`${error.stack}\n`)
    if (!error.usage) return failureExitCode
    const of = Object.hasOwn(commandShapes, name) || name === 'config' ? ` ${name}` : ''
    const help = name === 'help' ? ' help' : `${of} --help`
    terminal.err(
      `Try '${terminal.program}${help}' for more information on the available options.\n`,
    )
    return usageExitCode
  }
}

function isSubcommand(word: string | undefined): boolean {
  return word === 'credentials' || word === 'truststore'
}

async function dispatch(
  name: string,
  words: number,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { program } = terminal
  const [first] = args
  if (first === undefined || first === '--help' || first === '-x') {
    terminal.out(adminHelp(program, undefined))
    return first === '--help' ? 0 : usageExitCode
  }
  if (first === 'help') {
    const wanted = args.slice(1).join(' ')
    if (wanted !== '' && wanted !== 'config' && !Object.hasOwn(commandShapes, wanted)) {
      throw new CliError(`Unknown command: ${wanted}`, true)
    }
    terminal.out(adminHelp(program, wanted === '' ? undefined : wanted))
    return 0
  }
  const shape = ownMember(commandShapes, name)
  const run = ownMember(runs, name)
  if (name === 'config') return configOverview(args, terminal)
  if (shape === undefined || run === undefined) {
    throw new CliError(
      first.startsWith('-')
        ? `Unknown option: '${first}'`
        : `Unmatched argument at index 0: '${first}'`,
      true,
    )
  }
  const command = parsedCommand(args, words, shape)
  const idle = name !== 'get-roles' && hasNothingToDo(command)
  if (command.flags.has('help') || idle) {
    terminal.out(adminHelp(program, name))
    return command.flags.has('help') ? 0 : usageExitCode
  }
  await run(command, terminal)
  return 0
}

function configOverview(args: readonly string[], terminal: Terminal): number {
  const other = args[1]
  if (other !== undefined && other !== '--help') {
    throw new CliError(`Unmatched argument at index 1: '${other}'`, true)
  }
  terminal.out(adminHelp(terminal.program, 'config'))
  return other === undefined ? usageExitCode : 0
}

function hasNothingToDo({ values, lists, flags, word }: ParsedCommand): boolean {
  const given = [...values.keys()].some((key) => !besides.has(key))
  return (
    !given && lists.size === 0 && word === undefined && !flags.has('status') && !flags.has('remove')
  )
}
