import { featureKinds } from './feature-choice.ts'
import { variableOf } from './setting-catalogue.ts'
import { settingAreas } from './settings/catalogue.ts'
import type { Setting, SettingArea } from './settings/setting.ts'

const introduction = `# Settings

This page is generated from the catalogue in \`packages/server/src/config/settings/\` (\`npm run docs\`); a test checks that it
is current.

Every setting can be given on the command line (\`--http-port=8080\`), as an environment variable (\`KC_HTTP_PORT=8080\`) or in
\`conf/keycloak.conf\` (\`http-port=8080\`). The command line wins over the environment, the environment over the file, the file
over the default. Names and values are Keycloak's; what only Holdfast has is marked *own*. A setting marked *no effect* is
accepted with a warning that says why. A bad value, and an unknown option on the command line, stop the start with exit code 2
and one line that names the setting; an unknown \`KC_…\` variable is a warning, since Kubernetes injects such. In the file,
\`\${NAME}\` and \`\${NAME:default}\` stand for environment variables. Durations are written \`10s\`, \`5m\`, \`PT1M30S\`, or as
a number of seconds. \`spi-…\` options and Java system properties (\`-Dname=value\`, also in \`JAVA_OPTS_APPEND\`) are accepted too.
`

/** @returns docs/reference/settings.md */
export function settingsReference(): string {
  return `${introduction}\n${settingAreas.map(areaSection).join('\n')}\n${featureSection()}\n${withoutEffect()}`
}

/** Which of Keycloak's features there are. */
function featureSection(): string {
  const { switched, always, absent } = featureKinds()
  const list = (names: readonly string[]) => names.map(code).join(', ')
  return [
    '## Which features act',
    '',
    `Switched on and off by these options: ${list(switched)}.`,
    '',
    `Always on, as in Keycloak, which is told to whoever takes it away: ${list(always)}.`,
    '',
    `Not there yet, and said so at the start when they are asked for: ${list(absent)}.`,
    '',
  ].join('\n')
}

/** Every setting that nothing acts on, with the reason. */
function withoutEffect(): string {
  const idle = settingAreas
    .flatMap(({ settings }) => settings)
    .flatMap(({ name, inert, cannot }) => {
      const reason = inert === true ? 'not built yet' : cannot
      return reason === undefined ? [] : [`| ${code(`--${name}`)} | ${cell(reason)} |`]
    })
  return ['## Without effect', '', '| Option | Why |', '| --- | --- |', ...idle, ''].join('\n')
}

function areaSection({ title, settings }: SettingArea): string {
  const rows = settings.map(settingRow)
  return [
    `## ${title}`,
    '',
    '| Option | Variable | Value | Default | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function settingRow(setting: Setting): string {
  const marks = [
    ...(setting.own === true ? ['*own*'] : []),
    ...(setting.inert === true ? ['*no effect yet*'] : []),
    ...(setting.cannot === undefined ? [] : [`*no effect: ${setting.cannot}*`]),
    ...(setting.secret === true ? ['*secret*'] : []),
  ]
  const variable = setting.type === 'flag' ? '' : code(variableOf(setting.name))
  const meaning = cell([setting.description, ...marks].join(' '))
  return `| ${code(`--${setting.name}`)} | ${variable} | ${valueCell(setting)} | ${defaultCell(setting)} | ${meaning} |`
}

function valueCell({ type, argument, allowed, suggested, min, max }: Setting): string {
  if (type === 'flag') return ''
  if (type === 'boolean') return '`true`, `false`'
  const values = allowed ?? suggested
  if (values !== undefined) {
    const list = values.map(code).join(', ')
    return suggested === undefined ? list : `${list}, or another`
  }
  const range = [
    ...(min === undefined ? [] : [`from ${min}`]),
    ...(max === undefined ? [] : [`to ${max}`]),
  ]
  return [cell(argument ?? type), ...range].join(' ')
}

function defaultCell({ default: text, devDefault }: Setting): string {
  const parts = [
    ...(text === undefined ? [] : [code(text)]),
    ...(devDefault === undefined ? [] : [`${code(devDefault)} with \`start-dev\``]),
  ]
  return parts.join(', ')
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
