export type { Fill, InvalidationCache } from './cache/cache.ts'
export type { InvalidationEvent } from './log/invalidation-event.ts'
