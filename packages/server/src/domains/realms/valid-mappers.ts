import { choiceProblem } from '../providers/choice-problem.ts'
import { mappersByProtocol } from '../providers/providers.ts'
import { ModelError } from './model-error.ts'
import type { ProtocolMapper } from './realm.ts'

/** Most mappers of one client or client scope, and most settings of one mapper. */
const mappersMax = 1_000
const settingsMax = 100
/** Longest name or type of a mapper, longest name and longest value of a setting, in characters. */
const nameLengthMax = 255
const valueLengthMax = 4_000

/**
 * The mappers of a client or client scope are known by name within their protocol, and everywhere by id.
 * @throws ModelError `duplicate`; `invalid` for more or longer ones than anybody needs
 */
export function requireValidMappers(
  mappers: readonly ProtocolMapper[] = [],
  message = 'Protocol mapper name must be unique per protocol',
): void {
  const names = new Set(mappers.map(({ protocol, name }) => `${protocol} ${name}`))
  const ids = new Set(mappers.map(({ id }) => id))
  if (names.size < mappers.length || ids.size < mappers.length) {
    throw new ModelError('duplicate', message)
  }
  if (mappers.length > mappersMax) throw new ModelError('invalid', 'Too many protocol mappers')
  for (const { name, protocol, protocolMapper, config } of mappers) {
    const settings = Object.entries(config)
    const long = settings.some(
      ([key, value]) => key.length > nameLengthMax || value.length > valueLengthMax,
    )
    const names = [name, protocol, protocolMapper]
    if (
      names.some(({ length }) => length > nameLengthMax) ||
      settings.length > settingsMax ||
      long
    ) {
      throw new ModelError('invalid', 'A protocol mapper is too long')
    }
  }
}

/** @returns what is wrong with a mapper whose settings are none of those that its type offers; null where nothing is */
export function mapperChoiceProblem(mapper: ProtocolMapper): string | null {
  const types = Object.entries(mappersByProtocol).find(([name]) => name === mapper.protocol)?.[1]
  const type = types?.find(({ id }) => id === mapper.protocolMapper)
  const problem = type ? choiceProblem(type, mapper.config) : null
  return problem === null ? null : `Protocol mapper ${mapper.name}: ${problem}`
}

/**
 * For mappers that an administrator saves: Keycloak takes any text and then does something else than what was asked for.
 * @throws ModelError `invalid` for a setting that is none of those that its type offers
 */
export function requireMapperChoices(mappers: readonly ProtocolMapper[] = []): void {
  for (const mapper of mappers) {
    const problem = mapperChoiceProblem(mapper)
    if (problem !== null) throw new ModelError('invalid', problem)
  }
}
