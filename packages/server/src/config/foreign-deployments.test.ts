import { expect, it } from 'vitest'
import { serverSettings } from './server-settings.ts'
import { loadConfiguration } from './sources.ts'

/** Command and environment in the manner of charts and compose files for Keycloak; only the name of the image is another. */
const deployments: readonly (readonly [
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
])[] = [
  [
    'the chart keycloakx, with DNS discovery',
    ['start'],
    {
      KC_HTTP_RELATIVE_PATH: '/auth',
      KC_CACHE: 'ispn',
      KC_CACHE_STACK: 'kubernetes',
      KC_PROXY_HEADERS: 'forwarded',
      KC_HTTP_ENABLED: 'true',
      KC_DB: 'postgres',
      KC_DB_URL_HOST: 'keycloak-postgresql',
      KC_DB_URL_PORT: '5432',
      KC_DB_URL_DATABASE: 'keycloak',
      KC_DB_USERNAME: 'keycloak',
      KC_DB_PASSWORD: 'secret',
      KC_METRICS_ENABLED: 'true',
      KC_HEALTH_ENABLED: 'true',
      KC_HOSTNAME: 'https://id.test/auth',
      KEYCLOAK_ADMIN: 'admin',
      KEYCLOAK_ADMIN_PASSWORD: 'admin',
      JAVA_OPTS_APPEND:
        '-Djgroups.dns.query=keycloak-headless -XX:MaxRAMPercentage=50.0 -Djava.awt.headless=true',
    },
  ],
  [
    'a compose file with PostgreSQL beside it',
    ['start', '--optimized', '--import-realm'],
    {
      KC_DB: 'postgres',
      KC_DB_URL: 'jdbc:postgresql://postgres:5432/keycloak',
      KC_DB_USERNAME: 'keycloak',
      KC_DB_PASSWORD: 'password',
      KC_HOSTNAME: 'localhost',
      KC_HTTP_ENABLED: 'true',
      KC_HOSTNAME_STRICT: 'false',
      KC_LOG_LEVEL: 'INFO',
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
    },
  ],
  [
    'the operator, by files of certificates',
    ['start', '--db=postgres'],
    {
      KC_DB_URL_HOST: 'postgres-db',
      KC_DB_USERNAME: 'u',
      KC_DB_PASSWORD: 'p',
      KC_HOSTNAME: 'id.test',
      KC_CACHE: 'ispn',
      KC_HEALTH_ENABLED: 'true',
      KC_PROXY_HEADERS: 'xforwarded',
      KC_HTTP_ENABLED: 'true',
      KC_TRUSTSTORE_PATHS: '',
      KC_TRACING_SERVICE_NAME: 'keycloak',
      KC_TRACING_RESOURCE_ATTRIBUTES: 'k8s.namespace.name=id',
      KC_SPI_CACHE_EMBEDDED__DEFAULT__MACHINE_NAME: 'worker-1',
    },
  ],
]

it.each(deployments)(
  '%s is understood, with nothing to say but what is outdated',
  (_, command, given) => {
    const configuration = loadConfiguration(command, { KC_HOME_DIR: '/nowhere', ...given })
    const settings = serverSettings(configuration)
    expect(settings.database.kind).toBe('outside')
    expect(settings.http.enabled).toBe(true)
    expect(settings.bootstrap.username).toBe(
      'KC_HOSTNAME_STRICT' in given || 'KEYCLOAK_ADMIN' in given ? 'admin' : 'temp-admin',
    )
    const said = configuration.values.warnings.filter((line) => !line.includes('is deprecated'))
    expect(said).toEqual([])
  },
)
