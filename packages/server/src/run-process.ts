import { runCommand } from './commands/run-command.ts'
import { SettingError } from './config/setting-error.ts'
import { loadConfiguration, processEnvironment } from './config/sources.ts'
import { portableStack } from './log/portable-stack.ts'

const usageExitCode = 2
const failureExitCode = 1

/**
 * Signals → AbortController → the command.
 * @param args the command line without `node` and the script
 * @returns the exit code, as Keycloak's: 2 = usage, 1 = failed, 0 = ended in order
 */
export async function runProcess(args: readonly string[]): Promise<number> {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => stop.abort())
  }
  try {
    return await runCommand(loadConfiguration(args, processEnvironment()), args, stop.signal)
  } catch (error) {
    return stop.signal.aborted ? 0 : report(error, args)
  }
}

function report(error: unknown, args: readonly string[]): number {
  if (error instanceof SettingError) {
    process.stderr.write(`${[error.message, ...error.hints].join('\n')}\n`)
    return usageExitCode
  }
  const { message, stack } = error as Error
  const detail =
    args.includes('--verbose') || args.includes('-v') ? portableStack(stack ?? message) : message
  process.stderr.write(`ERROR: Failed to start server\nERROR: ${detail}\n`)
  return failureExitCode
}
