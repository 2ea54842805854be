import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/**
 * RSA-2048 signatures per second of one core through Node's crypto, on inputs as long as a token. Run as a process of
 * its own, pinned like the server: `node signatures.js <seconds>` prints the number.
 */
function signaturesPerSecond(seconds: number): number {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const input = randomBytes(900)
  for (let warmup = 0; warmup < 200; warmup++) sign('sha256', input, privateKey)
  const begin = performance.now()
  let signatures = 0
  while (performance.now() - begin < seconds * 1000) {
    for (let count = 0; count < 50; count++) sign('sha256', input, privateKey)
    signatures += 50
  }
  return signatures / ((performance.now() - begin) / 1000)
}

console.log(signaturesPerSecond(Number(process.argv[2] ?? '2')))
