import { commands } from '../config/command-line.ts'
import { settingAreas } from '../config/settings/catalogue.ts'
import type { Setting } from '../config/settings/setting.ts'

const summaries: Readonly<Record<string, string>> = {
  build: 'Does nothing: there is no build step. Accepted for scripts written for Keycloak.',
  start: 'Start the server.',
  'start-dev': 'Start the server in development mode: plain HTTP, any host name, one process.',
  export: 'Export data from realms to a file or directory.',
  import: 'Import data from a directory or a file.',
  'show-config': 'Print out the current configuration.',
  doctor: 'Look at database, cluster, addresses and certificates, and say what to mend.',
  admin: 'Administer a server by its Admin REST API, as kcadm.sh does: see admin help.',
  'tools build-password-denylist':
    'Make the short .bloom file of a long list of forbidden passwords.',
  'tools completion': 'Generate bash/zsh completion script.',
  'bootstrap-admin user': 'Add an admin user with a password',
  'bootstrap-admin service': 'Add an admin service account',
  'update-compatibility check':
    'Checks if the metadata is compatible with the current configuration. A zero exit code means a rolling update is possible between old and the current metadata.',
  'update-compatibility metadata':
    'Stores the metadata necessary to determine if a configuration is compatible.',
}
/** Where descriptions begin, and where lines end, as Keycloak's help has them. */
const column = 21
const widthMax = 100
const continued = 2

/**
 * @param command undefined = the overview
 * @param all whether settings that have no effect are listed too
 * @param program what the command was called by
 */
export function helpText(command: string | undefined, all: boolean, program: string): string {
  if (command === undefined) return overview(program)
  const own = Object.entries(commands[command] ?? {})
  const lines = [
    ...wrapped('', summaries[command] ?? '', 0),
    '',
    'Usage:',
    '',
    `${program} ${command} [OPTIONS]`,
    '',
    'Options:',
    '',
    ...own.flatMap(([name, takesValue]) => entry(`--${name}${takesValue ? ' <value>' : ''}`, '')),
    ...entry('-h, --help', 'This help message.'),
    ...entry('--help-all', 'This same help message but with additional options.'),
    ...entry('-v, --verbose', 'Print out error details when running this command.'),
  ]
  for (const { title, settings } of settingAreas) {
    const listed = settings.filter(
      (setting) => all || (setting.inert !== true && setting.cannot === undefined),
    )
    if (listed.length > 0) lines.push('', `${title}:`, '', ...listed.flatMap(optionLines))
  }
  if (!all) lines.push('', 'Use --help-all to list the options that have no effect, too.')
  return `${lines.join('\n')}\n`
}

function overview(program: string): string {
  const list = Object.entries(summaries).flatMap(([name, text]) => wrapped(`  ${name}`, text, 34))
  return [
    'Holdfast: an identity server that speaks like Keycloak.',
    '',
    'Usage:',
    '',
    `${program} [OPTIONS] [COMMAND]`,
    '',
    'Options:',
    '',
    ...entry(
      '-cf, --config-file <file>',
      'Set the path to a configuration file. By default, configuration properties are read from the "keycloak.conf" file in the "conf" directory.',
    ),
    ...entry('-h, --help', 'This help message.'),
    ...entry('-v, --verbose', 'Print out error details when running this command.'),
    ...entry('-V, --version', 'Show version information'),
    '',
    'Commands:',
    '',
    ...list,
    '',
    'Examples:',
    '',
    '  Start the server in development mode for local development or testing:',
    '',
    `      $ ${program} start-dev`,
    '',
    '  Start the server in production mode:',
    '',
    `      $ ${program} start <OPTIONS>`,
    '',
    '  Enable auto-completion to bash/zsh:',
    '',
    `      $ source <(${program} tools completion)`,
    '',
  ].join('\n')
}

function optionLines(setting: Setting): string[] {
  const argument = setting.type === 'flag' ? '' : ` <${setting.argument ?? 'true|false'}>`
  const fallback = setting.default === undefined ? '' : ` Default: ${setting.default}.`
  const allowed =
    setting.allowed === undefined ? '' : ` Possible values are: ${setting.allowed.join(', ')}.`
  return entry(`--${setting.name}${argument}`, `${setting.description}${allowed}${fallback}`)
}

/** An option and its description, which begins on the next line where the option is long. */
function entry(option: string, text: string): string[] {
  return wrapped(option, text, column)
}

function wrapped(head: string, text: string, indent: number): string[] {
  const lines: string[] = []
  let line = head
  if (head.length >= indent && head !== '') {
    lines.push(head)
    line = ''
  }
  let width = indent
  for (const word of text.split(' ')) {
    const start = line.length <= width ? line.padEnd(width) : `${line} `
    if (start.length + word.length > widthMax && line.trim() !== '') {
      lines.push(line)
      width = indent === 0 ? 0 : indent + continued
      line = ' '.repeat(width) + word
    } else line = start + word
  }
  if (line.trim() !== '') lines.push(line)
  return lines
}
