import { commands } from '../config/command-line.ts'
import { settingAreas } from '../config/settings/catalogue.ts'
import type { Setting } from '../config/settings/setting.ts'

const summaries: Readonly<Record<string, string>> = {
  start: 'Starts the server for production.',
  'start-dev': 'Starts the server for development: plain HTTP, any host name, one process.',
  build: 'Does nothing: there is no build step. Accepted for scripts written for Keycloak.',
  export: 'Writes realms to a file or directory.',
  import: 'Reads realms from a file or directory.',
  doctor: 'Looks at database, cluster, addresses and certificates, and says what to mend.',
  'show-config': 'Prints the configuration that a start would use.',
  'bootstrap-admin user': 'Makes an administrator in the master realm.',
  'bootstrap-admin service': 'Makes an administrative service account in the master realm.',
}
const nameColumn = 24
const optionColumn = 46

/**
 * @param command undefined = the overview
 * @param all whether settings that have no effect yet are listed too
 */
export function helpText(command: string | undefined, all: boolean): string {
  if (command === undefined) return overview()
  const lines = [`${summaries[command] ?? ''}`, '', `Usage: holdfast ${command} [OPTIONS]`]
  const own = Object.entries(commands[command] ?? {})
  if (own.length > 0) {
    lines.push('', 'Options of this command:', '')
    for (const [name, takesValue] of own) lines.push(`  --${name}${takesValue ? ' <value>' : ''}`)
  }
  for (const { title, settings } of settingAreas) {
    const listed = settings.filter(
      (setting) => all || (setting.inert !== true && setting.cannot === undefined),
    )
    if (listed.length === 0) continue
    lines.push('', `${title}:`, '', ...listed.map(optionLine))
  }
  if (!all) lines.push('', 'Use --help-all to list the options that have no effect yet, too.')
  return `${lines.join('\n')}\n`
}

function overview(): string {
  const list = Object.entries(summaries).map(
    ([name, text]) => `  ${name.padEnd(nameColumn)}${text}`,
  )
  return [
    'Holdfast: an identity server that speaks like Keycloak.',
    '',
    'Usage: holdfast [--config-file=<file>] [-D<name>=<value>] COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...list,
    '',
    "Try 'holdfast COMMAND --help' for the options of a command, and '--version' for the version.",
    '',
  ].join('\n')
}

function optionLine(setting: Setting): string {
  const argument = setting.type === 'flag' ? '' : ` <${setting.argument ?? 'true|false'}>`
  const option = `  --${setting.name}${argument}`
  const fallback = setting.default === undefined ? '' : ` Default: ${setting.default}.`
  const allowed =
    setting.allowed === undefined ? '' : ` Possible values: ${setting.allowed.join(', ')}.`
  return `${option.padEnd(optionColumn)} ${setting.description}${allowed}${fallback}`
}
