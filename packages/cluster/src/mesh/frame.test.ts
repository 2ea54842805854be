import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, FrameError, FrameReader, parsePayload } from './frame.ts'

describe('frames', () => {
  test('arrive as they were sent, however the stream is cut into chunks', () => {
    const messages = fc.array(fc.record({ version: fc.nat(255), payload: fc.jsonValue() }), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(
        messages,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (sent, cuts) => {
          const stream = Buffer.concat(
            sent.map(({ version, payload }) => encodeFrame(version, payload, 10_000)),
          )
          const reader = new FrameReader(10_000)
          const got: unknown[] = []
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const size = cuts[turn % cuts.length] as number
            for (const frame of reader.push(stream.subarray(at, at + size))) {
              got.push({ version: frame.version, payload: parsePayload(frame) })
            }
            at += size
          }
          expect(got).toEqual(JSON.parse(JSON.stringify(sent)))
        },
      ),
    )
  })

  test('that are too long are refused from their header alone, before memory is spent on them', () => {
    const reader = new FrameReader(100)
    expect(() => reader.push(Buffer.from([0, 0, 0, 101, 1]))).toThrow(FrameError)
    expect(() => encodeFrame(1, 'x'.repeat(200), 100)).toThrow('over the limit of 100')
  })

  test('never make the reader fail otherwise, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const frame of new FrameReader(64).push(Buffer.from(bytes))) parsePayload(frame)
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError)
        }
      }),
    )
  })
})
