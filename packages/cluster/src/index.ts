export type { Fill, InvalidationCache } from './cache/cache.ts'
export type { InvalidationEvent } from './log/invalidation-event.ts'
export type { CastHandler, Mesh, MeshPeer, PeerStatus, RequestHandler } from './mesh/mesh.ts'
export { PeerRefused, PeerTimeout, PeerUnreachable } from './mesh/mesh.ts'
