/** Milliseconds since the epoch by this process's monotonic clock: comparable with a database on this machine, never stepping. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

export function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms))
}
