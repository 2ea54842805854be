import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { type CommandLine, parseCommandLine } from './command-line.ts'
import { readConfigFile } from './config-file.ts'
import { configKeystore } from './config-keystore.ts'
import { legacyLine, legacyVariables } from './legacy-variables.ts'
import { SettingCatalogue, variableOf } from './setting-catalogue.ts'
import { SettingError } from './setting-error.ts'
import { SettingValues } from './setting-values.ts'

/** Variables with Keycloak's prefix that are no settings of the server. */
const otherVariables = new Set(['KC_HOME_DIR', 'KC_CONFIG_FILE', 'KC_RUN_IN_CONTAINER'])

/** Names of variables before Keycloak 26; they still act, and say that they are to be renamed. */
const formerVariables: ReadonlyMap<string, string> = new Map([
  ['KEYCLOAK_ADMIN', 'KC_BOOTSTRAP_ADMIN_USERNAME'],
  ['KEYCLOAK_ADMIN_PASSWORD', 'KC_BOOTSTRAP_ADMIN_PASSWORD'],
])

/** The process's own surroundings, for the few places that pass them on (child processes, the container's memory). */
export type Environment = Readonly<Record<string, string | undefined>>

/** By this variable a supervisor tells a worker its place: `index/count`. */
export const slotVariable = 'HOLDFAST_WORKER_SLOT'

/** Which worker of this machine a process is, from 0, and how many there are. */
export interface WorkerSlot {
  readonly index: number
  readonly count: number
}

/** @returns undefined for a process that is no worker */
export function workerSlot(environment: Environment): WorkerSlot | undefined {
  const [index, count] = (environment[slotVariable] ?? '').split('/').map(Number)
  return index === undefined || count === undefined ? undefined : { index, count }
}

/** Everything that the command was given, merged: CLI > environment > file > default. */
export interface Configuration {
  readonly commandLine: CommandLine
  readonly values: SettingValues
  /** Directory that `conf/` and `data/` are in. */
  readonly home: string
  /** Value of an environment variable or system property, for `${NAME}` in realm files. */
  readonly lookUp: (name: string) => string | undefined
  /** Whether the standard output is a terminal that shows colours. */
  readonly colours: boolean
  /** Whether this machine has an IPv4 address beside that of its loopback. */
  readonly ipv4: boolean
  /** What the command was called by: `holdfast`, `kc.sh`. */
  readonly program: string
}

/** @returns the environment of this process: the only place that reads it */
export function processEnvironment(): Environment {
  return process.env
}

/**
 * @param args command line without program and script
 * @throws SettingError on an unknown option or a bad value
 */
export function loadConfiguration(
  args: readonly string[],
  environment: Environment,
): Configuration {
  const catalogue = new SettingCatalogue()
  const program = environment['HOLDFAST_PROGRAM'] ?? 'holdfast'
  const commandLine = parseCommandLine(args, catalogue, program)
  const home = resolve(environment['KC_HOME_DIR'] ?? '.')
  const development = commandLine.command === 'start-dev'
  const values = new SettingValues(catalogue, development, propertiesOf(commandLine, environment))
  const named = commandLine.configFile ?? environment['KC_CONFIG_FILE']
  const fromFile = readConfigFile(
    resolve(home, named ?? join('conf', 'keycloak.conf')),
    environment,
  )
  if (fromFile === undefined && named !== undefined) {
    throw new SettingError("File specified via '--config-file' or '-cf' option does not exist.", [
      `Try '${program} --help' for more information on the available options.`,
    ])
  }
  for (const [name, value] of keystoreEntries(commandLine, environment, fromFile, home)) {
    values.addFromKeystore(name, value)
  }
  for (const [name, value] of fromFile ?? []) values.addFromFile(name, value)
  for (const [former, variable] of formerVariables) {
    const value = environment[former]
    if (value === undefined || environment[variable] !== undefined) continue
    values.addFromEnvironment(variable, value)
    values.warn(`${former} is deprecated: use ${variable} instead`)
  }
  for (const [variable, value] of Object.entries(environment)) {
    const today = value === '' ? undefined : legacyVariables.get(variable)
    if (today !== undefined) {
      values.warn(legacyLine(variable, today))
      continue
    }
    if (!variable.startsWith('KC_') || otherVariables.has(variable) || value === undefined) continue
    // Keycloak's operator says beside a variable which option it means: names lose their case and dots on the way.
    const option = environment[`KCKEY_${variable.slice(3)}`]
    if (option === undefined) values.addFromEnvironment(variable, value)
    else values.addNamedByEnvironment(option, value)
  }
  for (const [name, value] of values.properties) {
    if (name.startsWith('kc.')) values.addFromCommandLine(name.slice(3), value)
  }
  for (const [name, value] of commandLine.settings) values.addFromCommandLine(name, value)
  const lookUp = (name: string) => environment[name] ?? values.properties.get(name)
  const colours = process.stdout.isTTY === true && environment['NO_COLOR'] === undefined
  const ipv4 = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, internal }) => family === 'IPv4' && !internal)
  return { commandLine, values, home, lookUp, colours, ipv4, program }
}

/** `-Dname=value` of the command line, and of `JAVA_OPTS_APPEND`, where Keycloak's users write them. */
function propertiesOf(commandLine: CommandLine, environment: Environment): Map<string, string> {
  const properties = new Map<string, string>()
  const words = `${environment['JAVA_OPTS'] ?? ''} ${environment['JAVA_OPTS_APPEND'] ?? ''}`
  // Quotes are the shell's: Keycloak's kc.sh has it evaluate the words once more.
  for (const [quoted] of words.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    const match = /^-D([^=]+)(?:=(.*))?$/.exec(quoted.replace(/["']/g, ''))
    if (match?.[1] !== undefined) properties.set(match[1], match[2] ?? 'true')
  }
  for (const [name, value] of commandLine.properties) properties.set(name, value)
  return properties
}

/** Settings of the store that `config-keystore` names; it has to be known before anything else is. */
function keystoreEntries(
  commandLine: CommandLine,
  environment: Environment,
  fromFile: ReadonlyMap<string, string> | undefined,
  home: string,
): ReadonlyMap<string, string> {
  const given = (name: string) =>
    commandLine.settings.get(name) ?? environment[variableOf(name)] ?? fromFile?.get(name)
  const file = given('config-keystore')
  if (file === undefined) return new Map()
  return configKeystore({
    file: resolve(home, file),
    password: given('config-keystore-password'),
    type: given('config-keystore-type') ?? 'PKCS12',
  })
}
