import { expect, test } from 'vitest'
import { portableStack } from './portable-stack.ts'

test('a stack trace names no folder outside the program, and keeps its message', () => {
  const stack = [
    "Error: ENOENT: no such file '/srv/data/packages/realm.json'",
    '    at Store.read (file:///srv/build7/holdfast/packages/server/dist/bundle/run-process.cjs:12:34)',
    '    at /srv/build/holdfast/node_modules/pg/node_modules/pg-pool/index.js:1:2',
    '    at async Promise.all (index 0)',
    '    at node:internal/process/task_queues:95:5',
  ]
  expect(portableStack(stack.join('\n')).split('\n')).toEqual([
    stack[0],
    '    at Store.read (packages/server/dist/bundle/run-process.cjs:12:34)',
    '    at node_modules/pg-pool/index.js:1:2',
    '    at async Promise.all (index 0)',
    '    at node:internal/process/task_queues:95:5',
  ])
})

test('the stack of an error made here begins at the packages', () => {
  const portable = portableStack(new Error('here').stack ?? '')
  expect(portable).toContain('packages/server/src/log/portable-stack.test.ts')
  expect(portable).not.toContain(import.meta.dirname)
})
