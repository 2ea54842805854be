/**
 * Waits until `holds`; what it throws counts as "not yet".
 * @returns after how many milliseconds it held
 */
export async function eventually(
  what: string,
  withinMs: number,
  holds: () => Promise<boolean> | boolean,
): Promise<number> {
  const start = performance.now()
  for (;;) {
    const held = await Promise.resolve()
      .then(holds)
      .catch(() => false)
    const tookMs = performance.now() - start
    if (held) return tookMs
    if (tookMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
