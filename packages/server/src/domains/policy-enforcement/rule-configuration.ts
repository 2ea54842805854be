/** Configuration of a condition or an executor; values of other types than expected come from hand-written exports. */
export type RuleConfiguration = Readonly<Record<string, unknown>>

export function flagOf(configuration: RuleConfiguration, name: string, usual = false): boolean {
  const value = configuration[name]
  return value === undefined || value === null || value === ''
    ? usual
    : value === true || value === 'true'
}

export function textOf(configuration: RuleConfiguration, name: string): string | undefined {
  const value = configuration[name]
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

export function textsOf(configuration: RuleConfiguration, name: string): string[] {
  return [configuration[name]].flat().filter((text): text is string => typeof text === 'string')
}

export function secondsOf(configuration: RuleConfiguration, name: string, usual: number): number {
  const seconds = Number(textOf(configuration, name) ?? usual)
  return Number.isFinite(seconds) ? seconds : usual
}
