import { type PatternNode, PatternProblem } from './java-pattern.ts'

/**
 * A back-reference to a group that took no part fails in Java and matches nothing at all in ECMAScript: only references to
 * groups that took part for certain mean the same in both.
 * @throws PatternProblem for any other
 */
export function requireCertainGroups(pattern: PatternNode, source: string): void {
  certainAfter(pattern, new Set(), source)
}

/** @returns the groups that have taken part behind the node */
function certainAfter(
  node: PatternNode,
  before: ReadonlySet<number>,
  source: string,
): ReadonlySet<number> {
  switch (node.kind) {
    case 'characters':
    case 'assertion':
      return before
    case 'backreference':
      if (before.has(node.group)) return before
      throw new PatternProblem(
        `A back reference to group ${node.group}, which may have taken no part, is not supported`,
        source,
        source.length,
      )
    case 'sequence':
      return node.items.reduce((certain, item) => certainAfter(item, certain, source), before)
    case 'choice': {
      const [first, ...others] = node.branches.map((item) => certainAfter(item, before, source))
      return new Set(
        [...(first ?? [])].filter((group) => others.every((other) => other.has(group))),
      )
    }
    case 'group': {
      const after = certainAfter(node.item, before, source)
      return node.group === undefined ? after : new Set([...after, node.group])
    }
    case 'atomic':
      return certainAfter(node.item, before, source)
    case 'repeat': {
      const after = certainAfter(node.item, before, source)
      return node.min > 0 ? after : before
    }
    case 'look': {
      const after = certainAfter(node.item, before, source)
      return node.negated ? before : after
    }
  }
}
