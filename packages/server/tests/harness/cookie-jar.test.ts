import { describe, expect, it } from 'vitest'
import { CookieJar } from './cookie-jar.ts'

const login = new URL('http://127.0.0.1:8080/realms/demo/login-actions/authenticate')

describe('a cookie jar', () => {
  it('sends cookies back by path, longest first, whatever the port', () => {
    const jar = new CookieJar()
    jar.store(login, [
      'a=1; Path=/',
      'b=2; Path=/realms/demo/; HttpOnly',
      'c=3; Path=/realms/other/',
    ])
    expect(jar.header(new URL('http://127.0.0.1:9999/realms/demo/x'))).toBe('b=2; a=1')
    expect(jar.header(new URL('http://localhost:8080/realms/demo/x'))).toBeNull()
  })

  it('replaces and forgets', () => {
    const jar = new CookieJar()
    jar.store(login, ['a=1; Path=/', 'a=2; Path=/'])
    expect(jar.value('a')).toBe('2')
    jar.store(login, ['a=; Path=/; Max-Age=0'])
    expect(jar.names()).toEqual([])
  })
})
