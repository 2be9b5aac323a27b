import { defineCommand } from '../../command.ts';
import { COMPLETION_ARGS, COMPLETION_FLAGS } from './flags.ts';

/** `tagledger completion`. */
export const completion = defineCommand({
  name: 'completion',
  group: 'Start',
  brief: 'Write a script with which a shell completes commands, options and resources.',
  details: [
    'Put the line of your shell into its start file: ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish. The script runs the `tagledger` on your PATH.',
    'Ids of resources are completed from a ledger in a folder, which is only read. Nothing is asked of AWS.',
  ],
  args: COMPLETION_ARGS,
  flags: COMPLETION_FLAGS,
  formats: [],
  exits: ['done', 'usage'],
  examples: [
    { line: 'completion bash', brief: 'In bash, type: source <(tagledger completion bash).' },
    { line: 'completion zsh', brief: 'In zsh, type: source <(tagledger completion zsh).' },
    { line: 'completion fish', brief: 'In fish, type: tagledger completion fish | source.' },
  ],
  load: () => import('./completion.ts'),
});
