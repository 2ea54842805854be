{{- define "holdfast.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "holdfast.selector" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "holdfast.labels" -}}
{{ include "holdfast.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "holdfast.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "holdfast.name" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "holdfast.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* The management port speaks TLS where the main one does, unless told otherwise; probes want it plain. */}}
{{- define "holdfast.env" -}}
{{- $mesh := eq .Values.istio.mode "mesh" }}
- { name: KC_DB, value: postgres }
- { name: KC_DB_URL, value: {{ required "database.url is needed" .Values.database.url | quote }} }
- { name: KC_DB_USERNAME, value: {{ .Values.database.username | quote }} }
- { name: KC_DB_POOL_MAX_SIZE, value: {{ .Values.database.poolMaxSize | quote }} }
- { name: KC_DB_TLS_MODE, value: {{ .Values.database.tls.mode }} }
{{- with .Values.database.passwordSecret }}
{{- if .name }}
- name: KC_DB_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .name }}, key: {{ .key }} } }
{{- end }}
{{- end }}
{{- if .Values.database.tls.trustSecret }}
- { name: KC_DB_TLS_TRUST_STORE_FILE, value: /opt/keycloak/secrets/database/ca.crt }
{{- end }}
{{- if .Values.encryptionKeySecret.name }}
- { name: KC_ENCRYPTION_KEY_FILE, value: "/opt/keycloak/secrets/encryption/{{ .Values.encryptionKeySecret.key }}" }
{{- end }}
{{- with .Values.bootstrapAdmin.secret }}
- name: KC_BOOTSTRAP_ADMIN_USERNAME
  valueFrom: { secretKeyRef: { name: {{ . }}, key: username } }
- name: KC_BOOTSTRAP_ADMIN_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ . }}, key: password } }
{{- end }}
{{- with .Values.hostname }}
- { name: KC_HOSTNAME, value: {{ . | quote }} }
{{- end }}
- { name: KC_HTTP_RELATIVE_PATH, value: {{ .Values.httpRelativePath | quote }} }
- { name: KC_HTTP_MANAGEMENT_RELATIVE_PATH, value: "/" }
- { name: KC_HTTP_MANAGEMENT_SCHEME, value: http }
- { name: KC_HTTP_ENABLED, value: "true" }
{{- if .Values.tls.secret }}
- { name: KC_HTTPS_CERTIFICATE_FILE, value: /opt/keycloak/secrets/tls/tls.crt }
- { name: KC_HTTPS_CERTIFICATE_KEY_FILE, value: /opt/keycloak/secrets/tls/tls.key }
{{- end }}
{{- with .Values.proxyHeaders }}
- { name: KC_PROXY_HEADERS, value: {{ . }} }
{{- end }}
{{- with .Values.proxyTrustedAddresses }}
- { name: KC_PROXY_TRUSTED_ADDRESSES, value: {{ join "," . | quote }} }
{{- end }}
- { name: KC_CACHE, value: ispn }
- { name: KC_CACHE_STACK, value: {{ .Values.cache.stack }} }
- { name: KC_CACHE_EMBEDDED_CLUSTER_NAME, value: {{ .Values.cache.clusterName }} }
- { name: KC_CACHE_EMBEDDED_MTLS_ENABLED, value: {{ and .Values.cache.mtlsEnabled (not $mesh) | quote }} }
- name: KC_CACHE_EMBEDDED_NODE_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- { name: KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS, value: $(POD_IP) }
- name: KC_SPI_CACHE_EMBEDDED__DEFAULT__MACHINE_NAME
  valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
{{- with .Values.cache.site }}
- { name: KC_SPI_CACHE_EMBEDDED__DEFAULT__SITE_NAME, value: {{ . | quote }} }
{{- end }}
{{- if .Values.cache.rack }}
- { name: KC_SPI_CACHE_EMBEDDED__DEFAULT__RACK_NAME, value: {{ .Values.cache.rack | quote }} }
{{- else }}
# Kubernetes 1.35 and later copy the zone of the node to its pods' labels; before that it is empty, and no rack is known.
- name: KC_SPI_CACHE_EMBEDDED__DEFAULT__RACK_NAME
  valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } }
{{- end }}
- { name: JAVA_OPTS_APPEND, value: "-Djgroups.dns.query={{ include "holdfast.name" . }}-discovery.{{ .Release.Namespace }}.svc" }
- { name: KC_WORKERS, value: {{ .Values.workers | quote }} }
- { name: KC_SHUTDOWN_DELAY, value: {{ .Values.shutdown.delay }} }
- { name: KC_SHUTDOWN_TIMEOUT, value: {{ .Values.shutdown.timeout }} }
- { name: KC_LOG_LEVEL, value: {{ .Values.logLevel | quote }} }
- { name: KC_LOG_CONSOLE_OUTPUT, value: {{ ternary "json" "default" (eq .Values.logFormat "json") }} }
{{- with .Values.features }}
- { name: KC_FEATURES, value: {{ join "," . | quote }} }
{{- end }}
{{- with .Values.featuresDisabled }}
- { name: KC_FEATURES_DISABLED, value: {{ join "," . | quote }} }
{{- end }}
{{- range $name, $value := .Values.extraOptions }}
- { name: KC_{{ $name | replace "-" "_" | upper }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "holdfast.mounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: data, mountPath: /opt/keycloak/data }
{{- if .Values.database.tls.trustSecret }}
- { name: database-ca, mountPath: /opt/keycloak/secrets/database, readOnly: true }
{{- end }}
{{- if .Values.encryptionKeySecret.name }}
- { name: encryption-key, mountPath: /opt/keycloak/secrets/encryption, readOnly: true }
{{- end }}
{{- if .Values.tls.secret }}
- { name: tls, mountPath: /opt/keycloak/secrets/tls, readOnly: true }
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "holdfast.volumes" -}}
- { name: tmp, emptyDir: {} }
- { name: data, emptyDir: {} }
{{- with .Values.database.tls.trustSecret }}
- { name: database-ca, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .Values.encryptionKeySecret.name }}
- { name: encryption-key, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .Values.tls.secret }}
- { name: tls, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "holdfast.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 0
fsGroup: 0
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "holdfast.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}
