export type { InvalidationEvent } from './log/invalidation-event.ts'
