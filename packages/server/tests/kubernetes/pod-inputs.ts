import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mount } from './container-sandbox.ts'
import type { KubeApiServer } from './kube-api-server.ts'
import type { Container, Filed, Pod } from './kube-object.ts'

/** What a container gets from outside: variables and folders. */
export class PodInputs {
  readonly #api: KubeApiServer
  readonly #namespace: string
  readonly #folder: string

  /** @param folder where files of Secrets and ConfigMaps may be written */
  constructor(api: KubeApiServer, namespace: string, folder: string) {
    this.#api = api
    this.#namespace = namespace
    this.#folder = folder
  }

  /** @throws when a Secret or one of its keys is missing, as a kubelet would not start the container */
  async environmentOf(
    { env }: Container,
    pod: Pod,
    address: string,
  ): Promise<Record<string, string>> {
    const all: Record<string, string> = {}
    for (const { name, value, valueFrom } of env) {
      const { fieldRef, secretKeyRef } = valueFrom ?? {}
      if (fieldRef !== undefined) all[name] = fieldOf(pod, fieldRef.fieldPath, address)
      else if (secretKeyRef !== undefined) {
        const held = (await this.#dataOf('secrets', secretKeyRef.name)).get(secretKeyRef.key)
        if (held === undefined) throw new Error(`${secretKeyRef.name} has no ${secretKeyRef.key}`)
        all[name] = held.toString()
      } else {
        all[name] = (value ?? '').replace(/\$\((\w+)\)/g, (whole, of: string) => all[of] ?? whole)
      }
    }
    return all
  }

  /** Folders in which files of Secrets and ConfigMaps stand; those that are empty are no folder of this machine. */
  async mountsOf({ volumeMounts }: Container, pod: Pod): Promise<Mount[]> {
    return await Promise.all(
      volumeMounts.map(async ({ name, mountPath }) => {
        const volume = pod.spec.volumes?.find((each) => each.name === name)
        const { secret, configMap, emptyDir } = volume ?? {}
        if (emptyDir !== undefined) return { path: mountPath, folder: null }
        const data =
          secret === undefined
            ? await this.#dataOf('configmaps', configMap?.name ?? '')
            : await this.#dataOf('secrets', secret.secretName)
        const folder = join(this.#folder, pod.metadata.name, name)
        mkdirSync(folder, { recursive: true })
        for (const [file, content] of data) writeFileSync(join(folder, file), content)
        return { path: mountPath, folder }
      }),
    )
  }

  async #dataOf(kind: 'secrets' | 'configmaps', name: string): Promise<Map<string, Buffer>> {
    const path = `/api/v1/namespaces/${this.#namespace}/${kind}/${name}`
    const { data = {} } = await this.#api.read<Filed>(path)
    const encoding = kind === 'secrets' ? 'base64' : 'utf8'
    return new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]))
  }
}

function fieldOf({ metadata, spec }: Pod, path: string, address: string): string {
  if (path === 'metadata.name') return metadata.name
  if (path === 'spec.nodeName') return spec.nodeName ?? ''
  if (path === 'status.podIP') return address
  const label = /^metadata\.labels\['(.+)'\]$/.exec(path)?.[1]
  if (label === undefined) throw new Error(`no field of a pod: ${path}`)
  return metadata.labels?.[label] ?? ''
}
