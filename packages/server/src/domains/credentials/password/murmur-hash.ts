const mask = 0xffff_ffff_ffff_ffffn
const c1 = 0x87c3_7b91_1142_53d5n
const c2 = 0x4cf5_ad43_2745_937fn

const times = (a: bigint, b: bigint) => (a * b) & mask
const plus = (a: bigint, b: bigint) => (a + b) & mask
const rotated = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & mask

function finished(value: bigint): bigint {
  const first = times(value ^ (value >> 33n), 0xff51_afd7_ed55_8ccdn)
  const second = times(first ^ (first >> 33n), 0xc4ce_b9fe_1a85_ec53n)
  return second ^ (second >> 33n)
}

/** Up to eight bytes, little-endian. */
function word(bytes: Buffer, from: number, to: number): bigint {
  let value = 0n
  for (let index = Math.min(to, bytes.length) - 1; index >= from; index -= 1) {
    value = (value << 8n) | BigInt(bytes[index] ?? 0)
  }
  return value
}

/** @returns MurmurHash3 (x64, 128 bits, seed 0) as two words of 64 bits, unsigned */
export function murmurHash(bytes: Buffer): [first: bigint, second: bigint] {
  let h1 = 0n
  let h2 = 0n
  const whole = bytes.length - (bytes.length % 16)
  for (let at = 0; at < whole; at += 16) {
    h1 ^= times(rotated(times(bytes.readBigUInt64LE(at), c1), 31n), c2)
    h1 = plus(times(plus(rotated(h1, 27n), h2), 5n), 0x52dc_e729n)
    h2 ^= times(rotated(times(bytes.readBigUInt64LE(at + 8), c2), 33n), c1)
    h2 = plus(times(plus(rotated(h2, 31n), h1), 5n), 0x3849_5ab5n)
  }
  h2 ^= times(rotated(times(word(bytes, whole + 8, whole + 16), c2), 33n), c1)
  h1 ^= times(rotated(times(word(bytes, whole, whole + 8), c1), 31n), c2)
  h1 ^= BigInt(bytes.length)
  h2 ^= BigInt(bytes.length)
  h1 = plus(h1, h2)
  h2 = plus(h2, h1)
  h1 = finished(h1)
  h2 = finished(h2)
  h1 = plus(h1, h2)
  return [h1, plus(h2, h1)]
}
