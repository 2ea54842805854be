import { renameSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

/**
 * Loaded into the server before its program (`node --import <this>?directory=…`): SIGUSR2 begins a profile of the main
 * thread, the next one ends it and writes it to `<number>.cpuprofile` of the directory.
 */
const directory = new URL(import.meta.url).searchParams.get('directory')
const sampleMicros = 500

async function follow(folder: string): Promise<void> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: sampleMicros })
  let running = false
  let written = 0
  const turn = async (): Promise<void> => {
    running = !running
    if (running) {
      await session.post('Profiler.start')
      return
    }
    const { profile } = await session.post('Profiler.stop')
    const file = join(folder, `${written++}.cpuprofile`)
    writeFileSync(`${file}.part`, JSON.stringify(profile))
    // Whoever waits for the file finds all of it.
    renameSync(`${file}.part`, file)
  }
  process.on('SIGUSR2', () => void turn())
}

if (isMainThread && directory !== null) await follow(directory)
