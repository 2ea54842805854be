import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseRelay } from '../chaos/database-relay.ts'
import { PostgresPair } from '../chaos/postgres-pair.ts'
import { NetworkLab } from '../cluster/network-lab.ts'
import type { KubeApiServer } from './kube-api-server.ts'
import { PlayedController } from './played-controller.ts'
import { PlayedKubelet } from './played-kubelet.ts'
import { PlayedServices } from './played-services.ts'
import { PodInputs } from './pod-inputs.ts'

const labNumber = 61
const databasePort = 5_432
const zones = { 'machine-a': 'zone-a', 'machine-b': 'zone-b' }

/** A cluster with a real API server, whose other parts are played, and a PostgreSQL that its pods know as `db`. */
export class PlayedKubernetes implements AsyncDisposable {
  readonly controller: PlayedController
  readonly kubelet: PlayedKubelet
  readonly services: PlayedServices
  readonly #parts: { disposeAsync(): Promise<void> }

  private constructor(
    parts: { disposeAsync(): Promise<void> },
    controller: PlayedController,
    kubelet: PlayedKubelet,
    services: PlayedServices,
  ) {
    this.#parts = parts
    this.controller = controller
    this.kubelet = kubelet
    this.services = services
  }

  /** @param image unpacked file system of the image */
  static async start(
    api: KubeApiServer,
    namespace: string,
    image: string,
  ): Promise<PlayedKubernetes> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-pods-'))
    chmodSync(folder, 0o755)
    const lab = new NetworkLab(labNumber)
    const ends: (() => Promise<void> | void)[] = [
      () => rmSync(folder, { recursive: true, force: true }),
      () => lab[Symbol.dispose](),
    ]
    const parts = {
      async disposeAsync() {
        for (const end of ends.splice(0).reverse()) await end()
      },
    }
    const kept = <T extends AsyncDisposable>(part: T): T => {
      ends.push(async () => await part[Symbol.asyncDispose]())
      return part
    }
    try {
      const postgres = kept(await PostgresPair.start(false))
      const listen = { host: lab.testAddress, port: databasePort }
      kept(await DatabaseRelay.start(listen, postgres.port))
      for (const [name, zone] of Object.entries(zones)) {
        const labels = { 'topology.kubernetes.io/zone': zone }
        await api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }, namespace)
      }
      const place = { api, namespace, folder, address: lab.testAddress, instance: 'id' }
      const services = kept(
        await PlayedServices.start({ ...place, names: { db: lab.testAddress } }),
      )
      const inputs = new PodInputs(api, namespace, folder)
      const resolver = [
        `nameserver ${lab.testAddress}`,
        `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local`,
        'options ndots:5',
      ].join('\n')
      const kubelet = kept(
        new PlayedKubelet({
          ...{ api, namespace, lab, inputs, image, nodes: Object.keys(zones), resolver },
        }),
      )
      return new PlayedKubernetes(parts, new PlayedController(api, namespace), kubelet, services)
    } catch (error) {
      await parts.disposeAsync()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync()
  }
}
