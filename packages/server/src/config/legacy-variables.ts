const owners = '! sessions are in the database, and no cache has owners to count'

/** What the image before Keycloak 17, and options before Keycloak 26, were called, and what is set today in their place; behind `!` why nothing is. */
export const legacyVariables: ReadonlyMap<string, string> = new Map([
  ['KEYCLOAK_USER', 'KC_BOOTSTRAP_ADMIN_USERNAME'],
  ['KEYCLOAK_PASSWORD', 'KC_BOOTSTRAP_ADMIN_PASSWORD'],
  ['KEYCLOAK_USER_FILE', 'KC_BOOTSTRAP_ADMIN_USERNAME'],
  ['KEYCLOAK_PASSWORD_FILE', 'KC_BOOTSTRAP_ADMIN_PASSWORD'],
  ['KEYCLOAK_FRONTEND_URL', 'KC_HOSTNAME with the whole URL'],
  ['KEYCLOAK_ADMIN_URL', 'KC_HOSTNAME_ADMIN'],
  ['KEYCLOAK_HOSTNAME', 'KC_HOSTNAME'],
  ['KEYCLOAK_HTTP_PORT', 'KC_HTTP_PORT'],
  ['KEYCLOAK_HTTPS_PORT', 'KC_HTTPS_PORT'],
  ['KEYCLOAK_ALWAYS_HTTPS', 'KC_HOSTNAME with an https URL'],
  ['KEYCLOAK_IMPORT', 'the option --import-realm, with the files in data/import'],
  ['KEYCLOAK_LOGLEVEL', 'KC_LOG_LEVEL'],
  ['ROOT_LOGLEVEL', 'KC_LOG_LEVEL'],
  ['KEYCLOAK_STATISTICS', 'KC_METRICS_ENABLED'],
  ['KEYCLOAK_DEFAULT_THEME', 'the themes of each realm'],
  ['KEYCLOAK_WELCOME_THEME', '! there is one welcome page'],
  ['PROXY_ADDRESS_FORWARDING', 'KC_PROXY_HEADERS=xforwarded'],
  ['X509_CA_BUNDLE', 'KC_TRUSTSTORE_PATHS'],
  ['DB_VENDOR', 'KC_DB=postgres'],
  ['DB_ADDR', 'KC_DB_URL_HOST'],
  ['DB_PORT', 'KC_DB_URL_PORT'],
  ['DB_DATABASE', 'KC_DB_URL_DATABASE'],
  ['DB_SCHEMA', 'KC_DB_SCHEMA'],
  ['DB_USER', 'KC_DB_USERNAME'],
  ['DB_USER_FILE', 'KC_DB_USERNAME'],
  ['DB_PASSWORD', 'KC_DB_PASSWORD'],
  ['DB_PASSWORD_FILE', 'KC_DB_PASSWORD, or KC_CONFIG_KEYSTORE'],
  ['JDBC_PARAMS', 'KC_DB_URL_PROPERTIES'],
  [
    'JGROUPS_DISCOVERY_PROTOCOL',
    'KC_CACHE_STACK (kubernetes for dns.DNS_PING, jdbc-ping for JDBC_PING)',
  ],
  ['JGROUPS_DISCOVERY_PROPERTIES', 'JAVA_OPTS_APPEND=-Djgroups.dns.query=…'],
  ['JGROUPS_DISCOVERY_EXTERNAL_IP', 'KC_CACHE_EMBEDDED_NETWORK_EXTERNAL_ADDRESS'],
  ['JGROUPS_DISCOVERY_PROPERTIES_DIRECT', 'JAVA_OPTS_APPEND=-Djgroups.dns.query=…'],
  ['CACHE_OWNERS', owners],
  ['CACHE_OWNERS_COUNT', owners],
  ['CACHE_OWNERS_AUTH_SESSIONS_COUNT', owners],
  ['KC_PROXY', 'KC_PROXY_HEADERS, with KC_HTTP_ENABLED=true where the proxy ends TLS'],
  ['KC_HOSTNAME_URL', 'KC_HOSTNAME'],
  ['KC_HOSTNAME_ADMIN_URL', 'KC_HOSTNAME_ADMIN'],
  ['KC_HOSTNAME_PATH', 'KC_HOSTNAME with the whole URL'],
  ['KC_HOSTNAME_PORT', 'KC_HOSTNAME with the whole URL'],
  ['KC_HOSTNAME_STRICT_HTTPS', 'KC_HOSTNAME with an https URL'],
  ['KC_HOSTNAME_STRICT_BACKCHANNEL', 'KC_HOSTNAME_BACKCHANNEL_DYNAMIC'],
  ['KC_HTTPS_CERTIFICATE_KEY_STORE', 'KC_HTTPS_KEY_STORE_FILE'],
  ['KC_CACHE_EMBEDDED_MTLS_ENABLE', 'KC_CACHE_EMBEDDED_MTLS_ENABLED'],
])

/** @returns what is said of a variable that is not read any more */
export function legacyLine(variable: string, today: string): string {
  const mend = today.startsWith('! ') ? today.slice(2) : `use ${today}`
  return `${variable} is not read any more: ${mend}`
}
