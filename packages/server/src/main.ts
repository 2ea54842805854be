import { serverSettings } from './config/server-settings.ts'
import { SettingError } from './config/setting-error.ts'
import { loadConfiguration, processEnvironment } from './config/sources.ts'
import { runSingleProcess } from './single-process.ts'

const usageExitCode = 2
const failureExitCode = 1

/** Signals → AbortController → the command. The exit code is Keycloak's: 2 = usage, 1 = failed, 0 = ended in order. */
async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => stop.abort())
  }
  try {
    const configuration = loadConfiguration(args, processEnvironment())
    await runSingleProcess(serverSettings(configuration), stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    return report(error)
  }
}

function report(error: unknown): number {
  if (error instanceof SettingError) {
    process.stderr.write(`${[error.message, ...error.hints].join('\n')}\n`)
    return usageExitCode
  }
  process.stderr.write(`ERROR: Failed to start server\nERROR: ${(error as Error).message}\n`)
  return failureExitCode
}

process.exitCode = await main(process.argv.slice(2))
