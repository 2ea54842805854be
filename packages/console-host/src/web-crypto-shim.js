import { sha256 } from '@noble/hashes/sha2.js'

/**
 * Browsers offer `crypto.subtle` and `randomUUID` only over HTTPS and on localhost; keycloak-js needs both for PKCE. A
 * console that is opened over plain HTTP in a test network gets the two of them here.
 */
if (globalThis.crypto.subtle === undefined) {
  Object.defineProperty(globalThis.crypto, 'subtle', {
    value: {
      digest: (algorithm, content) =>
        algorithm === 'SHA-256'
          ? Promise.resolve(sha256(new Uint8Array(content)).buffer)
          : Promise.reject(new Error(`${algorithm} needs a secure context`)),
    },
  })
}

if (globalThis.crypto.randomUUID === undefined) {
  Object.defineProperty(globalThis.crypto, 'randomUUID', {
    value: () => {
      const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
      // RFC 9562 §5.4: version 4, variant 10.
      bytes[6] = (bytes[6] & 0x0f) | 0x40
      bytes[8] = (bytes[8] & 0x3f) | 0x80
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
  })
}
