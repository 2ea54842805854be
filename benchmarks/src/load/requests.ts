/** The bytes of a GET request. */
export function getBytes(path: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  return requestBytes('GET', path, headers, null)
}

/** The bytes of a form POST. */
export function postBytes(
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return requestBytes('POST', path, { ...type, ...headers }, new URLSearchParams(form).toString())
}

/** The bytes of a request with a JSON body. */
export function jsonBytes(
  method: string,
  path: string,
  value: unknown,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const type = { 'Content-Type': 'application/json' }
  return requestBytes(method, path, { ...type, ...headers }, JSON.stringify(value))
}

function requestBytes(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1:8080',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`)
}
