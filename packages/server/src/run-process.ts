import { runCommand } from './commands/run-command.ts'
import { SettingError } from './config/setting-error.ts'
import { type Environment, loadConfiguration, processEnvironment } from './config/sources.ts'
import { portableStack } from './log/portable-stack.ts'

const usageExitCode = 2
const failureExitCode = 1
const administrationScript = 'kcadm.sh'

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
    const environment = processEnvironment()
    const administration = administrationOf(args, environment)
    if (administration !== undefined) {
      const { admin } = await import('./commands/admin.ts')
      return await admin(administration.args, environment, administration.program)
    }
    return await runCommand(loadConfiguration(args, environment), args, stop.signal)
  } catch (error) {
    return stop.signal.aborted ? 0 : report(error, args)
  }
}

/** `admin …`, or any command line of `kcadm.sh`: they talk to a server, and its settings say nothing to them. */
function administrationOf(args: readonly string[], environment: Environment) {
  const program = environment['HOLDFAST_PROGRAM'] ?? 'holdfast'
  if (program === administrationScript) return { args, program }
  return args[0] === 'admin' ? { args: args.slice(1), program: `${program} admin` } : undefined
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
