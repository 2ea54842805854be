import type { FastifyInstance } from 'fastify'
import { answerPreflight } from '../../http/preflight.ts'

/** Answers that browsers ask for before they send a request from another origin (Fetch, CORS preflight). */
export function registerPreflight(app: FastifyInstance): void {
  app.options('/admin/*', async (request, reply) => answerPreflight(request, reply))
}
