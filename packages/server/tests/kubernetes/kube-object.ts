/** What the API server is given and gives, as far as these tests look into it. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly uid?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
  }
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string | number }
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly failureThreshold: number
}

interface EnvironmentVariable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string }
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
  }
}

export interface Container {
  readonly name: string
  readonly args: readonly string[]
  readonly env: readonly EnvironmentVariable[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
}

interface Volume {
  readonly name: string
  readonly emptyDir?: object
  readonly secret?: { readonly secretName: string }
  readonly configMap?: { readonly name: string }
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string
    readonly restartPolicy: string
    readonly containers: readonly Container[]
    readonly volumes?: readonly Volume[]
  }
  readonly status?: {
    readonly phase?: string
    readonly podIP?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

/** A Deployment, a StatefulSet or a Job. */
export interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly template: Pick<Pod, 'metadata' | 'spec'>
  }
}

/** A Secret, whose values are base64, or a ConfigMap. */
export interface Filed extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

export function isReady({ metadata, status }: Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return metadata.deletionTimestamp === undefined && ready?.status === 'True'
}
