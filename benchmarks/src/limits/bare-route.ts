import Fastify from 'fastify'

/** A bare Fastify route that answers a body of the given size; prints the port: `node bare-route.js <bytes>`. */
const body = JSON.stringify({
  text: 'x'.repeat(Math.max(0, Number(process.argv[2] ?? '600') - 11)),
})
const app = Fastify({ logger: false })
app.get('/*', (_request, reply) => reply.type('application/json').send(body))
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text))
app.post('/*', (_request, reply) => reply.type('application/json').send(body))
await app.listen({ port: 0, host: '127.0.0.1' })
const address = app.server.address()
console.log(typeof address === 'object' && address !== null ? address.port : 0)
process.on('SIGTERM', () => void app.close())
