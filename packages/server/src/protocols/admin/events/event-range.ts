import { eventsPerPage } from '../../../domains/events/event-filters.ts'
import { HttpError } from '../../../http/http-error.ts'
import { paged, type QueryParameters } from '../query-parameters.ts'

/** The query parameters that both listings share. */
export const eventParameters = {
  ...paged,
  dateFrom: 'text',
  dateTo: 'text',
  direction: 'text',
} as const

/** @returns what `eventParameters` ask for. @throws HttpError 400 with Keycloak's text */
export function eventRange(query: QueryParameters) {
  return {
    dateFrom: eventDate(query, 'dateFrom', 'start'),
    dateTo: eventDate(query, 'dateTo', 'end'),
    direction: eventDirection(query),
    first: query.first,
    max: query.max(eventsPerPage) ?? -1,
  }
}

const dayMs = 24 * 60 * 60 * 1000

/**
 * Reads `dateFrom` or `dateTo`: a day (UTC) or milliseconds since the epoch.
 * @param edge whether a day means its first or its last millisecond
 * @returns milliseconds since the epoch; undefined when absent
 * @throws HttpError 400 with Keycloak's text
 */
function eventDate(
  query: QueryParameters,
  name: 'dateFrom' | 'dateTo',
  edge: 'start' | 'end',
): number | undefined {
  const text = query.text(name)
  if (text === undefined || text === '') return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(start)) {
    throw new HttpError(400, {
      error: `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp`,
    })
  }
  return edge === 'start' ? start : start + dayMs - 1
}

/** Newest first unless `asc`. @throws HttpError 400 for anything else */
function eventDirection(query: QueryParameters): 'asc' | 'desc' {
  const text = query.text('direction') ?? 'desc'
  if (text === 'asc' || text === 'desc') return text
  throw new HttpError(400, { error: 'Invalid value for direction' })
}
