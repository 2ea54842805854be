/** What one server of a cluster is told. */
export interface InfinispanConfiguration {
  /** Of the mesh: its own, and those of all. */
  readonly mesh: { readonly own: number; readonly all: readonly number[] }
  readonly ports: InfinispanPorts
  /** XML of caches that are there from the start. */
  readonly caches?: string
  /** Where these are kept: a data source `jdbc/holdfast`. */
  readonly database?: { readonly port: number; readonly name: string; readonly user: string }
}

/** Each logs in its own way. */
export interface InfinispanPorts {
  /** By SCRAM, and by whatever else there is. */
  readonly any: number
  /** By DIGEST-MD5 alone. */
  readonly digest: number
  /** By PLAIN alone, over TLS. */
  readonly plain: number
}

/** File of a PKCS#12 store below `conf`, with what the server proves itself by. */
export const keyStore = { file: 'server.p12', password: 'of-the-key-store' } as const

const usersRealm = `<properties-realm groups-attribute="Roles">
        <user-properties path="users.properties" relative-to="infinispan.server.config.path" plain-text="true"/>
        <group-properties path="groups.properties" relative-to="infinispan.server.config.path"/>
      </properties-realm>`

/** @returns `infinispan.xml` */
export function infinispanConfiguration(configuration: InfinispanConfiguration): string {
  const { mesh, ports, caches = '' } = configuration
  const hosts = mesh.all.map((port) => `127.0.0.1[${port}]`).join(',')
  return `<infinispan xmlns="urn:infinispan:config:15.2">
  <jgroups><stack name="loopback" extends="tcp">
    <TCP bind_addr="127.0.0.1" bind_port="${mesh.own}" stack.combine="COMBINE"/>
    <TCPPING initial_hosts="${hosts}" stack.combine="REPLACE" stack.position="MPING"/>
  </stack></jgroups>
  <cache-container name="default">
    <transport cluster="holdfast-test" stack="loopback"/>
    <security><authorization/></security>
    ${caches}
  </cache-container>
  <server xmlns="urn:infinispan:server:15.2">
    <interfaces><interface name="public"><inet-address value="127.0.0.1"/></interface></interfaces>
    <socket-bindings default-interface="public" port-offset="0">
      ${Object.entries(ports)
        .map(([name, port]) => `<socket-binding name="${name}" port="${port}"/>`)
        .join('')}
    </socket-bindings>
    <security><security-realms>
      <security-realm name="users">${usersRealm}</security-realm>
      <security-realm name="encrypted">
        <server-identities><ssl><keystore path="${keyStore.file}" password="${keyStore.password}"
          relative-to="infinispan.server.config.path"/></ssl></server-identities>
        ${usersRealm}
      </security-realm>
    </security-realms></security>
    ${dataSource(configuration.database)}
    <endpoints>
      <endpoint socket-binding="any" security-realm="users"/>
      <endpoint socket-binding="digest" security-realm="users">${loggingInBy('DIGEST-MD5')}</endpoint>
      <endpoint socket-binding="plain" security-realm="encrypted">${loggingInBy('PLAIN')}</endpoint>
    </endpoints>
  </server>
</infinispan>`
}

function loggingInBy(mechanism: string): string {
  return `<hotrod-connector><authentication>
        <sasl mechanisms="${mechanism}" server-name="127.0.0.1"/>
      </authentication></hotrod-connector><rest-connector/>`
}

function dataSource(database: InfinispanConfiguration['database']): string {
  if (database === undefined) return ''
  const { port, name, user } = database
  return `<data-sources><data-source name="holdfast" jndi-name="jdbc/holdfast">
      <connection-factory driver="org.postgresql.Driver" username="${user}" password="none"
        url="jdbc:postgresql://127.0.0.1:${port}/${name}?sslmode=disable"/>
      <connection-pool initial-size="1" max-size="4" min-size="1" background-validation="1000"
        blocking-timeout="2000"/>
    </data-source></data-sources>`
}
