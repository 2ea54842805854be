import { rmSync } from 'node:fs'
import type { ManagementSettings } from '../config/server-settings.ts'
import type { HealthSource } from '../http/management/health-checks.ts'
import { managementSocket } from '../http/management/management-on-main.ts'
import { ManagementServer } from '../http/management/management-server.ts'
import type { MetricsSource } from '../http/management/metrics-page.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'

/** What the management interface shows. */
export interface ManagementSources {
  readonly health: HealthSource
  readonly metrics: MetricsSource
}

/**
 * Opens the management port, and where the main port shows a part of it, the socket by which this machine's workers ask.
 * @returns the URL of the port, if there is one
 * @throws the error of the socket
 */
export async function openManagement(
  settings: ManagementSettings,
  sources: ManagementSources,
  running: DisposalStack,
): Promise<string | undefined> {
  const { onMain, enabled } = settings
  if (onMain.health || onMain.metrics) {
    const socketPath = managementSocket(process.pid)
    rmSync(socketPath, { force: true })
    const own = { ...settings, ...onMain, relativePath: '', tls: undefined, socketPath }
    running.use(await ManagementServer.open({ settings: own, ...sources }))
  }
  if (!enabled) return undefined
  return running.use(await ManagementServer.open({ settings, ...sources })).url
}
