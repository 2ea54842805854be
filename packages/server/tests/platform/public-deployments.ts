/** A public deployment of Keycloak, as far as its container sees it; what is of a site stands as `{address}`, `{port}`, … */
export interface PublicDeployment {
  readonly name: string
  /** What the container's entry point `kc.sh` is given. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Where its probes ask, on which port. */
  readonly probes: readonly (readonly ['main' | 'management', string])[]
  /** Path of the server on the main port. */
  readonly path: string
  /** What may be said of its settings: they say nothing to Keycloak 26 either. */
  readonly outdated: readonly string[]
}

const database = {
  KC_DB: 'postgres',
  KC_DB_URL_HOST: '{address}',
  KC_DB_URL_PORT: '{port}',
  KC_DB_URL_DATABASE: '{database}',
  KC_DB_USERNAME: '{user}',
  KC_DB_PASSWORD: 'secret',
}
const administrator = { KEYCLOAK_ADMIN: 'admin', KEYCLOAK_ADMIN_PASSWORD: 'secret' }
const adminDeprecated = ['KEYCLOAK_ADMIN is deprecated', 'KEYCLOAK_ADMIN_PASSWORD is deprecated']
const ready = [['management', '/health/ready']] as const

/** Facts of what people publish for Keycloak 26: commands, variables and probes; only the image's name is another. */
export const publicDeployments: readonly PublicDeployment[] = [
  {
    // charts/keycloakx of codecentric/helm-charts, its examples with PostgreSQL and CloudNativePG.
    name: 'the chart keycloakx',
    args: [
      '--verbose',
      'start',
      '--http-port={http}',
      '--hostname-strict=false',
      '--spi-events-listener-jboss-logging-success-level=info',
      '--spi-events-listener-jboss-logging-error-level=warn',
    ],
    environment: {
      ...database,
      ...administrator,
      KC_HTTP_RELATIVE_PATH: '/auth',
      KC_CACHE: 'ispn',
      KC_CACHE_STACK: 'jdbc-ping',
      KC_PROXY_HEADERS: 'forwarded',
      KC_HTTP_ENABLED: 'true',
      KC_METRICS_ENABLED: 'true',
      KC_HEALTH_ENABLED: 'true',
      JAVA_OPTS_APPEND: '-XX:MaxRAMPercentage=50.0 -Djgroups.dns.query=keycloak-headless',
    },
    probes: [
      ['management', '/auth/health'],
      ['management', '/auth/health/live'],
      ['management', '/auth/health/ready'],
      ['management', '/auth/metrics'],
    ],
    path: '/auth',
    outdated: adminDeprecated,
  },
  {
    // kubernetes/keycloak.yaml of keycloak/keycloak-quickstarts: the shell takes the quotes away.
    name: "the project's own StatefulSet",
    args: ['start'],
    environment: {
      ...database,
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
      KC_PROXY_HEADERS: 'xforwarded',
      KC_HTTP_ENABLED: 'true',
      KC_HOSTNAME_STRICT: 'false',
      KC_HEALTH_ENABLED: 'true',
      KC_CACHE: 'ispn',
      KC_CACHE_STACK: 'kubernetes',
      POD_IP: '127.0.0.1',
      JAVA_OPTS_APPEND: '-Djgroups.dns.query="localhost" -Djgroups.bind.address=127.0.0.1',
    },
    probes: [['management', '/health/started'], ['management', '/health/live'], ...ready],
    path: '',
    outdated: [],
  },
  {
    // The operator of keycloak/keycloak: what KeycloakDeploymentDependentResource puts into a pod.
    name: 'the operator',
    args: ['-Djgroups.bind.address=127.0.0.1', '--verbose', 'start', '--optimized'],
    environment: {
      ...database,
      KC_HOSTNAME: 'id.test',
      KC_HTTP_ENABLED: 'true',
      KC_PROXY_HEADERS: 'xforwarded',
      KCKEY_PROXY_HEADERS: 'proxy-headers',
      KC_SPI_EVENTS_LISTENER_LOG: 'info',
      KCKEY_SPI_EVENTS_LISTENER_LOG: 'spi-events-listener--jboss-logging--success-level',
      KC_HEALTH_ENABLED: 'true',
      KC_CACHE: 'ispn',
      KC_CACHE_STACK: 'kubernetes',
      KC_TRUSTSTORE_PATHS: '{certificate}',
      KC_TRACING_SERVICE_NAME: 'example-kc',
      KC_TRACING_RESOURCE_ATTRIBUTES: 'k8s.namespace.name=keycloak',
      POD_IP: '127.0.0.1',
      KC_SPI_CACHE_EMBEDDED_DEFAULT_MACHINE_NAME: 'worker-1',
      JAVA_OPTS_APPEND: '-Djgroups.dns.query=localhost',
    },
    probes: [['management', '/health/started'], ['management', '/health/live'], ...ready],
    path: '',
    outdated: [],
  },
  {
    name: 'a compose file with settings that Keycloak 26 no longer has',
    args: ['start', '--optimized', '--import-realm'],
    environment: {
      ...administrator,
      KC_DB: 'postgres',
      KC_DB_URL: 'jdbc:postgresql://{address}:{port}/{database}',
      KC_DB_USERNAME: '{user}',
      KC_DB_PASSWORD: 'secret',
      KC_DB_SCHEMA: 'public',
      KC_HOSTNAME: 'localhost',
      KC_HOSTNAME_PORT: '8080',
      KC_HOSTNAME_STRICT_BACKCHANNEL: 'false',
      KC_HOSTNAME_STRICT_HTTPS: 'false',
      KC_HTTP_ENABLED: 'true',
      KC_PROXY: 'edge',
      KC_LOG_LEVEL: 'DEBUG',
      DB_VENDOR: 'POSTGRES',
      KC_HEALTH_ENABLED: 'true',
    },
    probes: ready,
    path: '',
    outdated: [
      ...adminDeprecated,
      'KC_HOSTNAME_PORT is not read',
      'KC_HOSTNAME_STRICT_BACKCHANNEL is not read',
      'KC_HOSTNAME_STRICT_HTTPS is not read',
      'KC_PROXY is not read',
      'DB_VENDOR is not read',
    ],
  },
  {
    name: 'a compose file for development, with all that is in preview',
    args: ['start-dev', '--import-realm', '--http-port={http}', '--proxy-headers=xforwarded'],
    environment: {
      ...administrator,
      ...database,
      KC_FEATURES: 'preview',
      KC_HOSTNAME: 'http://localhost:8080',
      KC_HOSTNAME_STRICT: 'false',
      KC_HEALTH_ENABLED: 'true',
      KC_METRICS_ENABLED: 'true',
    },
    probes: ready,
    path: '',
    outdated: [...adminDeprecated, 'is not there yet: switching it on has no effect'],
  },
]
