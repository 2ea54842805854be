import { availableParallelism, totalmem } from 'node:os'
import { exportFormatVersion } from '../../../domains/transfer/representation.ts'

const bytesPerMegabyte = 1024 * 1024

/** @param now milliseconds since the epoch. @returns what `serverinfo` says of the machine and the process */
export function describeMachine(now: number) {
  return {
    systemInfo: systemDescription(now),
    cpuInfo: { processorCount: availableParallelism() },
    memoryInfo: memoryDescription(),
  }
}

/** `version` is the version of Keycloak whose interface this is: clients compare it. */
function systemDescription(now: number) {
  const uptimeMillis = Math.floor(process.uptime() * 1000)
  return {
    version: exportFormatVersion,
    serverTime: new Date(now).toUTCString(),
    uptime: uptimeText(uptimeMillis),
    uptimeMillis,
    javaRuntime: `Node.js ${process.version}`,
    osName: process.platform,
    osArchitecture: process.arch,
    fileEncoding: 'UTF-8',
    userTimezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userLocale: Intl.DateTimeFormat().resolvedOptions().locale,
  }
}

function uptimeText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3_600)
  const minutes = Math.floor((seconds % 3_600) / 60)
  return `${days} days, ${hours} hours, ${minutes} minutes, ${seconds % 60} seconds`
}

function memoryDescription() {
  const total = totalmem()
  const used = process.memoryUsage.rss()
  const free = total - used
  const formatted = (bytes: number) => `${Math.round(bytes / bytesPerMegabyte)} MB`
  return {
    total,
    totalFormated: formatted(total),
    used,
    usedFormated: formatted(used),
    free,
    freePercentage: Math.round((free / total) * 100),
    freeFormated: formatted(free),
  }
}
