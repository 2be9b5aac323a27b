/*
 * Each script hands the words up to the cursor to `tagledger __complete`, whose answer is described in cli/complete.ts, and
 * gives the shell what it answers as text: no script evaluates an answer, or lets the shell expand it.
 */

/** Bash cuts words at `=` and `:`, so the script joins them, and leaves out of an answer what bash keeps in the line. */
const BASH = `
# bash completion for tagledger
_tagledger() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() kept i word about kind
  COMPREPLY=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${rest#"\${rest%%[![:space:]]*}"}
    if ((i == 0)) || [[ $word != "$rest" ]]; then words+=(''); fi
    rest=$word
    if ((i < COMP_CWORD)); then word=\${COMP_WORDS[i]}; fi
    words[\${#words[@]}-1]+=$word
    rest=\${rest#"$word"}
  done
  kept=\${words[\${#words[@]}-1]}
  kept=\${kept%"$2"}
  for i in "\${!words[@]}"; do words[i]=\${words[i]//[\\\\\\"\\']/}; done
  {
    IFS= read -r kind
    case $kind in
      files) compopt -o default 2>/dev/null ;;
      folders) compopt -o dirnames 2>/dev/null ;;
      words) while IFS=$'\\t' read -r word about; do COMPREPLY+=("\${word#"$kept"}"); done ;;
    esac
  } < <(command tagledger __complete -- "\${words[@]:1}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _tagledger tagledger
`;

const ZSH = `
#compdef tagledger
_tagledger() {
  local -a lines before found
  local line word kind
  before=("\${(@Q)words[2,CURRENT-1]}")
  ((CURRENT > 2)) || before=()
  lines=("\${(@f)$(command tagledger __complete -- "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$lines[1]
  case $kind in
    files) compset -P '--[^=]#='; _files ;;
    folders) compset -P '--[^=]#='; _files -/ ;;
    words)
      for line in "\${(@)lines[2,-1]}"; do
        word=\${line%%$'\\t'*}
        if [[ $line == *$'\\t'* ]]; then
          found+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
        else
          found+=("\${word//:/\\\\:}")
        fi
      done
      _describe -V tagledger found
      ;;
  esac
}
if [[ \${funcstack[1]-} == _tagledger ]]; then
  _tagledger "$@"
else
  compdef _tagledger tagledger
fi
`;

const FISH = `
# fish completion for tagledger
function __tagledger_complete
    set -l before (commandline -opc)
    set -e before[1]
    set -l current (commandline -ct)
    set -l lines (command tagledger __complete -- $before "$current" 2>/dev/null)
    switch "$lines[1]"
        case files
            set -l option (string match -r -- '^--[^=]*=' "$current")
            set -l path (string replace -r -- '^--[^=]*=' '' "$current")
            for found in (__fish_complete_path "$path")
                echo -- "$option$found"
            end
        case folders
            set -l option (string match -r -- '^--[^=]*=' "$current")
            set -l path (string replace -r -- '^--[^=]*=' '' "$current")
            for found in (__fish_complete_directories "$path" '')
                echo -- "$option$found"
            end
        case words
            set -e lines[1]
            string join -- \\n $lines
    end
end
complete -c tagledger -f -k -a '(__tagledger_complete)'
`;

/** The script for each shell. */
export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
