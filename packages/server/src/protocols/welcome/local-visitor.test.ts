import type { FastifyRequest } from 'fastify'
import { expect, it } from 'vitest'
import { isLocalVisitor } from './local-visitor.ts'

function visitor(remoteAddress: string, headers: Record<string, string>): FastifyRequest {
  return { socket: { remoteAddress }, headers } as unknown as FastifyRequest
}

it('knows a browser on this machine', () => {
  expect(isLocalVisitor(visitor('127.0.0.1', { host: 'localhost:8080' }))).toBe(true)
  expect(isLocalVisitor(visitor('::ffff:127.0.0.1', { host: '127.0.0.1:8080' }))).toBe(true)
  expect(isLocalVisitor(visitor('::1', { host: '[::1]:8080' }))).toBe(true)
})

it('knows everyone else', () => {
  expect(isLocalVisitor(visitor('192.0.2.7', { host: 'localhost:8080' }))).toBe(false)
  expect(isLocalVisitor(visitor('127.0.0.1', { host: 'evil.test:8080' }))).toBe(false)
  const proxied = { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }
  expect(isLocalVisitor(visitor('127.0.0.1', proxied))).toBe(false)
  expect(isLocalVisitor(visitor('127.0.0.1', {}))).toBe(false)
})
