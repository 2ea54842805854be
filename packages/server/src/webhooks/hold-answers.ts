import type { FastifyInstance } from 'fastify'
import type { Events } from '../domains/events/events.ts'

/** Names the realm in the path of a request. */
const realmOfPath = /^\/(?:admin\/)?realms\/([^/?]+)/

/** Holds the answers of a realm back until what they tell of is written for its webhooks. */
export function holdAnswers(app: FastifyInstance, events: Pick<Events, 'written'>): void {
  app.addHook('onSend', (request, _reply, payload, done) => {
    const name = realmOfPath.exec(request.url)?.[1]
    const written = name === undefined ? undefined : events.written(decoded(name))
    if (written === undefined) done(null, payload)
    else written.then(() => done(null, payload), done)
  })
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
