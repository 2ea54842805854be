import { describe, expect, it } from 'vitest'
import { RouteTable } from './route-table.ts'

function table(): RouteTable {
  const routes = new RouteTable()
  routes.add('/admin/*', 'OPTIONS')
  routes.add('/admin/realms/:realm', ['GET', 'HEAD'])
  routes.add('/admin/realms/:realm', 'PUT')
  return routes
}

describe('route table', () => {
  it('gathers the methods of a path, with or without a slash at its end', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT']
    expect([...table().methodsOf('/admin/realms/acme')].sort()).toEqual(methods)
    expect([...table().methodsOf('/admin/realms/acme/')].sort()).toEqual(methods)
  })

  it('knows no path where only preflight requests are answered', () => {
    expect(table().methodsOf('/admin/realms/acme/nothing').size).toBe(0)
    expect(table().methodsOf('/nothing').size).toBe(0)
  })
})
