import { ModelError } from '../realms/model-error.ts'

/** A name, with what stands in brackets behind it; null where there are none. */
export interface ExpressionCall {
  readonly name: string
  readonly argument: string | null
}

/** What was read of `a and (b(x) or not c)`; `and` binds closer than `or`. */
export type Expression =
  | { readonly kind: 'call'; readonly call: ExpressionCall }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }

type Operator = 'not' | 'and' | 'or' | '('

const expressionCharactersMax = 4_000
const token =
  /\s*(?:(\()|(\))|((?:and|AND|or|OR|not|NOT)(?![\w.-])|!)|([A-Za-z][\w.-]*)(?:\(((?:\\.|[^()\\])*)\))?)/y
const strength = { '(': 0, or: 1, and: 2, not: 3 } as const

/**
 * Reads the language of the conditions and events of workflows.
 * @throws ModelError `invalid` where it is none
 */
export function readExpression(text: string): Expression {
  const problem = () => new ModelError('invalid', `Invalid expression: ${text}`)
  if (text.length > expressionCharactersMax) throw problem()
  const stacks = { values: [] as Expression[], operators: [] as Operator[] }
  let wantsOperand = true
  token.lastIndex = 0
  const trimmed = text.trimEnd()
  while (token.lastIndex < trimmed.length) {
    const [, opened, closed, word, name, argument] = token.exec(trimmed) ?? []
    const operator = operatorOf(opened, word)
    if (!operator && closed === undefined && name === undefined) throw problem()
    const begins = name !== undefined || operator === '(' || operator === 'not'
    if (begins !== wantsOperand) throw problem()
    if (name !== undefined) {
      stacks.values.push({ kind: 'call', call: callOf(name, argument) })
    } else if (closed !== undefined) {
      reduce(stacks, 1)
      if (stacks.operators.pop() !== '(') throw problem()
    } else if (operator) {
      if (operator === 'and' || operator === 'or') reduce(stacks, strength[operator])
      stacks.operators.push(operator)
    }
    wantsOperand = operator !== undefined
  }
  if (wantsOperand || stacks.operators.includes('(')) throw problem()
  reduce(stacks, 1)
  const [expression] = stacks.values
  if (!expression) throw problem()
  return expression
}

/** @returns every name in it, as providers are called: `user_created` is `user-created` */
export function callsOf(expression: Expression): ExpressionCall[] {
  if (expression.kind === 'call') return [expression.call]
  if (expression.kind === 'not') return callsOf(expression.of)
  return [...callsOf(expression.left), ...callsOf(expression.right)]
}

/** @returns whether there is a `not` anywhere: such an expression is about more than what it names */
export function negates(expression: Expression): boolean {
  if (expression.kind === 'call') return false
  if (expression.kind === 'not') return true
  return negates(expression.left) || negates(expression.right)
}

/** Asks no more than it has to. */
export async function holds(
  expression: Expression,
  test: (call: ExpressionCall) => boolean | Promise<boolean>,
): Promise<boolean> {
  switch (expression.kind) {
    case 'call':
      return await test(expression.call)
    case 'not':
      return !(await holds(expression.of, test))
    case 'and':
      return (await holds(expression.left, test)) && (await holds(expression.right, test))
    default:
      return (await holds(expression.left, test)) || (await holds(expression.right, test))
  }
}

function operatorOf(opened: string | undefined, word: string | undefined): Operator | undefined {
  if (opened !== undefined) return '('
  const lower = word === '!' ? 'not' : word?.toLowerCase()
  return lower as Operator | undefined
}

function callOf(name: string, argument: string | undefined): ExpressionCall {
  const unescaped = argument?.replaceAll(/\\([)\\])/g, '$1').trim()
  return { name: name.replaceAll('_', '-').toLowerCase(), argument: unescaped ?? null }
}

/** Applies operators that bind at least as close, down to an open bracket. */
function reduce(
  { values, operators }: { readonly values: Expression[]; readonly operators: Operator[] },
  least: number,
): void {
  for (;;) {
    const last = operators.at(-1)
    if (last === undefined || last === '(' || strength[last] < least) return
    operators.pop()
    const right = values.pop()
    if (right === undefined) return
    if (last === 'not') {
      values.push({ kind: 'not', of: right })
      continue
    }
    const left = values.pop()
    if (left === undefined) return
    values.push({ kind: last, left, right })
  }
}
