import { checkProduction } from '../config/check-production.ts'
import { serverSettings } from '../config/server-settings.ts'
import { SettingError } from '../config/setting-error.ts'
import { type Configuration, processEnvironment, workerSlot } from '../config/sources.ts'
import { preferFamily } from '../runtime/prefer-family.ts'
import { versionText } from './version.ts'

/**
 * Runs the command that the command line names. Each part is loaded when it is needed: a supervisor has no use for the server.
 * @param args the command line as given, for worker processes
 * @returns the exit code
 * @throws SettingError on a command line that cannot be carried out; what the command throws
 */
export async function runCommand(
  configuration: Configuration,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { command, options } = configuration.commandLine
  if (options.has('version')) return print(versionText())
  if (options.has('help') || configuration.values.flag('help'))
    return await printHelp(configuration, false)
  if (options.has('help-all') || configuration.values.flag('help-all'))
    return await printHelp(configuration, true)
  switch (command) {
    case undefined:
      return await printHelp(configuration, false)
    case 'start':
    case 'start-dev':
      return await start(configuration, args, signal)
    case 'build':
      return print('There is nothing to build: every option takes effect at the start.\n')
    case 'show-config': {
      const { showConfig } = await import('./show-config.ts')
      return print(showConfig(configuration))
    }
    case 'tools completion': {
      const { completionScript } = await import('./completion.ts')
      return print(completionScript(configuration.program))
    }
    case 'tools build-password-denylist': {
      const { buildPasswordDenylist } = await import('./build-password-denylist.ts')
      return await buildPasswordDenylist(configuration, print, (text) => process.stderr.write(text))
    }
    case 'update-compatibility metadata':
    case 'update-compatibility check': {
      const { updateCompatibility } = await import('./update-compatibility.ts')
      const what = command === 'update-compatibility check' ? 'check' : 'metadata'
      const file = options.get('file')
      const settings = serverSettings(configuration)
      return await updateCompatibility(what, file, settings, (line) => print(`${line}\n`))
    }
    case 'doctor': {
      const { doctor } = await import('./doctor.ts')
      return await doctor(serverSettings(configuration), (line) => print(`${line}\n`))
    }
    case 'import': {
      if (options.has('dry-run')) {
        const { checkRealms } = await import('./check-realms.ts')
        return await checkRealms(configuration, serverSettings(configuration), print)
      }
      const { importRealms } = await import('./import-realms.ts')
      return await importRealms(configuration, serverSettings(configuration), signal)
    }
    case 'export': {
      const { exportRealms } = await import('./export-realms.ts')
      return await exportRealms(configuration, serverSettings(configuration), signal)
    }
    case 'bootstrap-admin user':
    case 'bootstrap-admin service': {
      const { bootstrapAdmin } = await import('./bootstrap-admin.ts')
      return await bootstrapAdmin(configuration, serverSettings(configuration), signal)
    }
    default:
      throw new SettingError(`The command ${command} is not available`)
  }
}

async function start(
  configuration: Configuration,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const settings = serverSettings(configuration)
  const warnings = checkProduction(settings)
  if (settings.values.text('fips-mode') !== 'disabled') {
    const { turnOnFips } = await import('../runtime/fips-mode.ts')
    turnOnFips()
  }
  preferFamily(settings.family)
  const slot = workerSlot(processEnvironment())
  if (slot !== undefined && (await import('node:cluster')).default.isWorker) {
    const { runWorker } = await import('../start/supervisor/worker.ts')
    await runWorker(settings, slot, signal)
    return 0
  }
  for (const warning of warnings) process.stdout.write(`WARNING: ${warning}\n`)
  if (settings.workers > 1) {
    const { runSupervisor } = await import('../start/supervisor/supervisor.ts')
    return await runSupervisor(settings, args, signal)
  }
  const { runSingleProcess } = await import('../start/single-process.ts')
  await runSingleProcess(settings, signal)
  return 0
}

async function printHelp(configuration: Configuration, all: boolean): Promise<number> {
  const { helpText } = await import('./help.ts')
  return print(helpText(configuration.commandLine.command, all, configuration.program))
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}
