import type { TracingSettings } from '../telemetry/tracing-settings.ts'
import { SettingError } from './setting-error.ts'
import { parseList } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'

/**
 * `tracing-…`, and where it says nothing `telemetry-…`.
 * @returns undefined where nothing is traced
 * @throws SettingError for an endpoint, a ratio or an attribute that is none
 */
export function tracingSettings(
  values: SettingValues,
  features: ReadonlySet<string>,
): TracingSettings | undefined {
  if (!values.flag('tracing-enabled') || !features.has('OPENTELEMETRY')) return undefined
  const either = (name: string) =>
    values.explicit(`tracing-${name}`) ??
    values.explicit(`telemetry-${name}`) ??
    values.text(`tracing-${name}`)
  const endpoint = either('endpoint') ?? ''
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    throw refused('endpoint', endpoint, 'a URL such as http://localhost:4317')
  }
  const ratio = Number(values.text('tracing-sampler-ratio'))
  if (!(ratio >= 0 && ratio <= 1)) {
    throw refused(
      'sampler-ratio',
      String(values.text('tracing-sampler-ratio')),
      'a number from 0 to 1',
    )
  }
  return {
    endpoint,
    protocol: either('protocol') as TracingSettings['protocol'],
    headers: Object.fromEntries([
      ...values.family('telemetry-header-'),
      ...values.family('tracing-header-'),
    ]),
    compression: values.text('tracing-compression') as TracingSettings['compression'],
    serviceName: either('service-name') ?? 'keycloak',
    resourceAttributes: {
      ...attributes(values.text('telemetry-resource-attributes')),
      ...attributes(values.text('tracing-resource-attributes')),
    },
    sampler: values.text('tracing-sampler-type') as TracingSettings['sampler'],
    ratio,
    sql: values.flag('tracing-jdbc-enabled'),
  }
}

/** `name=value,name=value`. */
function attributes(text = ''): Record<string, string> {
  const pairs = parseList(text).map((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 1)
      throw refused('resource-attributes', pair, 'name=value pairs with commas between them')
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
  })
  return Object.fromEntries(pairs)
}

function refused(name: string, text: string, expected: string): SettingError {
  return new SettingError(
    `Invalid value for option '--tracing-${name}': ${text}. Expected ${expected}`,
  )
}
