import { expect, test } from 'vitest'
import { pkcs12Secrets, TrustStoreError } from './pkcs12-store.ts'

/** Made by `keytool -importpass` of JDK 25, with the password `changeit`. */
const store = Buffer.from(
  [
    'MIICpAIBAzCCAk4GCSqGSIb3DQEHAaCCAj8EggI7MIICNzCCAjMGCSqGSIb3DQEHAaCCAiQEggIgMIICHDCCAQ8GCy',
    'qGSIb3DQEMCgEFoIGzMIGwBgsqhkiG9w0BDAoBAqCBoASBnTCBmjBmBgkqhkiG9w0BBQ0wWTA4BgkqhkiG9w0BBQww',
    'KwQUUF13tTQ551C+JUQQpL91YBvHZfQCAicQAgEgMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBA/S2Rh/Trlit',
    'KLlYDGIAy3BDDt6mYTeUJkjv/mUd3bNY7Uns18SqWkj9/s+z5CmOdXzKhFj+TUGEmrqJPjEU//KRQxSjAlBgkqhkiG',
    '9w0BCRQxGB4WAG0AYQBzAHQAZQByAF8AcwBtAHQAcDAhBgkqhkiG9w0BCRUxFAQSVGltZSAxNzk2MDQ4NzkwMjcxMI',
    'IBBQYLKoZIhvcNAQwKAQWggaMwgaAGCyqGSIb3DQEMCgECoIGQBIGNMIGKMGYGCSqGSIb3DQEFDTBZMDgGCSqGSIb3',
    'DQEFDDArBBQPo8ulgrkZsJhB/qR+ppHex4jp/wICJxACASAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFnHud',
    'Z/eRNtWIBb7emf8y0EIFzHkUyGMtyplB0J6WnVLleGWIrgYqM8PXsilgZDN5snMVAwKwYJKoZIhvcNAQkUMR4eHABr',
    'AGMALgBkAGIALQBwAGEAcwBzAHcAbwByAGQwIQYJKoZIhvcNAQkVMRQEElRpbWUgMTc5NjA0ODc5MTY5NjBNMDEwDQ',
    'YJYIZIAWUDBAIBBQAEIKxESIs6pCYNVuCRcjMuHStxKI5HkRyvWawhoYlZX6eKBBTTVrdGs7kfgF5P1JYDA93MspN2',
    'ZAICJxA=',
  ].join(''),
  'base64',
)

test('secrets that keytool put into a store are read by their alias', () => {
  expect(Object.fromEntries(pkcs12Secrets(store, 'changeit'))).toEqual({
    master_smtp: 's3cret-value',
    'kc.db-password': 'second',
  })
})

test('a store does not open with another password, and nothing else is taken for one', () => {
  expect(() => pkcs12Secrets(store, 'other')).toThrow(TrustStoreError)
  expect(() => pkcs12Secrets(Buffer.from('no store'), 'changeit')).toThrow(TrustStoreError)
})
