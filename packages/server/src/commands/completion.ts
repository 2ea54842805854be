import { commands } from '../config/command-line.ts'
import { settingAreas } from '../config/settings/catalogue.ts'

/** @returns a script for `source <(… tools completion)`, for bash, and for zsh with `bashcompinit` */
export function completionScript(program: string): string {
  const words = Object.keys(commands)
  const first = [...new Set(words.map((command) => command.split(' ')[0]))].join(' ')
  const second = words
    .filter((command) => command.includes(' '))
    .map((command) => command.split(' '))
  const groups = [...new Set(second.map(([group]) => group))].map((group) => {
    const members = second.filter(([name]) => name === group).map(([, member]) => member)
    return `    ${group}) [ "$COMP_CWORD" = 2 ] && words="${members.join(' ')} $options" ;;`
  })
  const options = settingAreas
    .flatMap(({ settings }) => settings)
    .filter(({ inert, cannot }) => inert !== true && cannot === undefined)
    .map(({ name, type }) =>
      type === 'flag'
        ? `--${name}`
        : `--${name.replace(/<[^>]*>$/, '')}${name.endsWith('>') ? '' : '='}`,
    )
  const name = program.replace(/\W/g, '_')
  return `#!/usr/bin/env bash
# Completion of ${program}: source <(${program} tools completion)
[ -n "$ZSH_VERSION" ] && autoload -U +X bashcompinit && bashcompinit
_complete_${name}() {
  local words options
  options="${options.join(' ')} --help --help-all --verbose"
  words="$options"
  [ "$COMP_CWORD" = 1 ] && words="${first} --help --version --config-file="
  case "\${COMP_WORDS[1]}" in
${groups.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [[ "\${COMPREPLY[0]}" = *= ]] && compopt -o nospace
}
complete -F _complete_${name} ${program}
`
}
