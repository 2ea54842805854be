import { ModelError } from '../realms/model-error.ts'

/** A name, with what stands in brackets behind it; null where there are none. */
export interface ExpressionCall {
  readonly name: string
  readonly argument: string | null
}

const expressionCharactersMax = 4_000
const token =
  /\s*(?:(\()|(\))|(and|AND|or|OR|not|NOT|!)(?![\w.-])|([A-Za-z][\w.-]*)(?:\(([^()]*)\))?)/y

/**
 * Reads `a and (b(x) or not c)`, the language of the conditions and events of workflows.
 * @returns every name in it
 * @throws ModelError `invalid` where it is none
 */
export function expressionCalls(text: string): ExpressionCall[] {
  const problem = () => new ModelError('invalid', `Invalid expression: ${text}`)
  if (text.length > expressionCharactersMax) throw problem()
  const calls: ExpressionCall[] = []
  let depth = 0
  let wantsOperand = true
  token.lastIndex = 0
  const trimmed = text.trimEnd()
  while (token.lastIndex < trimmed.length) {
    const [, opened, closed, word, name, argument] = token.exec(trimmed) ?? []
    if (opened !== undefined) depth += 1
    else if (closed !== undefined) depth -= 1
    else if (name !== undefined) calls.push({ name, argument: argument?.trim() ?? null })
    else if (word === undefined) throw problem()
    const negates = word !== undefined && /^(?:not|!)$/i.test(word)
    const operand = opened !== undefined || name !== undefined || negates
    if (operand !== wantsOperand || depth < 0) throw problem()
    wantsOperand = opened !== undefined || word !== undefined
  }
  if (depth !== 0 || wantsOperand) throw problem()
  return calls
}
