package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Option;
import org.pgkeep.config.OptionType;
import org.pgkeep.config.Options;

/** Completion scripts, made from the table of options. */
final class Completion {
    private Completion() {}

    /** For bash 4 and later. */
    static String bash() {
        StringBuilder script = new StringBuilder();
        script.append("# bash completion for pgkeep; made by 'pgkeep completion bash'\n");
        script.append("_pgkeep() {\n");
        script.append("    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"\" command=\"\" word\n");
        script.append("    [ \"$COMP_CWORD\" -gt 0 ] && previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n");
        // With = between them an option and its value are three words.
        script.append("    if [ \"$current\" = = ]; then\n        current=\"\"\n");
        script.append("    elif [ \"$previous\" = = ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n");
        script.append("        previous=\"${COMP_WORDS[COMP_CWORD-2]}\"\n    fi\n");
        script.append("    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n");
        script.append("        case \"$word\" in\n            ");
        script.append(String.join("|", CommandName.texts()))
                .append(") command=\"$word\"; break ;;\n        esac\n    done\n");
        script.append("    COMPREPLY=()\n    case \"$previous\" in\n");
        for (Option<?> option : Options.ALL) {
            bashValue(script, option);
        }
        script.append("    esac\n    case \"$command\" in\n");
        script.append("        \"\") COMPREPLY=($(compgen -W \"").append(String.join(" ", CommandName.texts()));
        script.append("\" -- \"$current\")); return ;;\n");
        for (CommandName command : CommandName.values()) {
            script.append("        ").append(command);
            script.append(command.alias().isEmpty() ? "" : "|" + command.alias());
            script.append(')');
            if (!verbs(command).isEmpty()) {
                script.append(" case \"$current\" in -*) ;; *) COMPREPLY=($(compgen -W \"");
                script.append(String.join(" ", verbs(command))).append("\" -- \"$current\")); return ;; esac;");
            }
            script.append(" COMPREPLY=($(compgen -W \"").append(words(command)).append("\" -- \"$current\"))");
            script.append(takesFiles(command) ? "; compopt -o default" : "").append(" ;;\n");
        }
        script.append("    esac\n}\ncomplete -F _pgkeep pgkeep\n");
        return script.toString();
    }

    private static void bashValue(StringBuilder script, Option<?> option) {
        if (!option.takesNext() || option.secret()) {
            return;
        }
        String names = String.join("|", names(option));
        String reply = switch (element(option.type())) {
            case OptionType.Choice(var words) ->
                "COMPREPLY=($(compgen -W \"" + String.join(" ", words) + "\" -- \"$current\"))";
            case OptionType.PathName(String label)
            when label.equals("DIR") -> "COMPREPLY=($(compgen -d -- \"$current\")); compopt -o filenames";
            case OptionType.PathName _ -> "COMPREPLY=($(compgen -f -- \"$current\")); compopt -o filenames";
            default -> ":";
        };
        script.append("        ").append(names).append(") ").append(reply).append("; return ;;\n");
    }

    private static String words(CommandName command) {
        List<String> words = new ArrayList<>();
        for (Option<?> option : Options.of(command)) {
            if (!option.secret()) {
                words.add(typed(option));
            }
        }
        words.add("--help");
        return String.join(" ", words);
    }

    /** The words of which one must follow; none where anything else may. */
    private static List<String> verbs(CommandName command) {
        return switch (command) {
            case HELP -> CommandName.texts();
            case COMPLETION -> List.of("bash", "zsh");
            case KEY -> List.of("list", "add", "rotate", "remove");
            case REPO -> List.of("ls", "get", "put", "rm");
            case WAL -> List.of("status");
            case INIT,
                    CHECK,
                    UPGRADE,
                    BACKUP,
                    RESTORE,
                    INFO,
                    METRICS,
                    VERIFY,
                    EXPIRE,
                    DELETE,
                    MERGE,
                    COMPACT,
                    COPY,
                    FORGET,
                    PIN,
                    UNPIN,
                    ANNOTATE,
                    MANIFEST,
                    ARCHIVE_PUSH,
                    ARCHIVE_GET,
                    RECEIVE_WAL,
                    STOP,
                    START,
                    CONFIG,
                    DEMO,
                    VERSION -> List.of();
        };
    }

    private static boolean takesFiles(CommandName command) {
        return command == CommandName.ARCHIVE_PUSH || command == CommandName.ARCHIVE_GET;
    }

    /** The form worth typing: of a flag that is on by default, the one that switches it off. */
    private static String typed(Option<?> option) {
        boolean offers = option.isFlag() && option.defaultText().orElse("").equals("true");
        return offers ? "--no-" + option.name() : "--" + option.name();
    }

    private static List<String> names(Option<?> option) {
        List<String> names = new ArrayList<>(List.of("--" + option.name()));
        option.aliases().forEach(alias -> names.add("--" + alias));
        if (!option.letter().isEmpty()) {
            names.add("-" + option.letter());
        }
        return names;
    }

    private static OptionType<?> element(OptionType<?> type) {
        return type instanceof OptionType.Listed<?>(var element) ? element : type;
    }

    /** For zsh 5 and later. */
    static String zsh() {
        StringBuilder script = new StringBuilder();
        script.append("#compdef pgkeep\n# zsh completion for pgkeep; made by 'pgkeep completion zsh'\n");
        script.append("_pgkeep() {\n    local -a commands\n    commands=(\n");
        for (CommandName command : CommandName.values()) {
            script.append("        '")
                    .append(command)
                    .append(':')
                    .append(quoted(command.summary()))
                    .append("'\n");
        }
        script.append("    )\n    local context state line\n    typeset -A opt_args\n");
        script.append("    _arguments -C '1: :->command' '*:: :->rest' && return\n");
        script.append("    case \"$state\" in\n        command) _describe command commands ;;\n        rest)\n");
        script.append("            case \"${line[1]}\" in\n");
        for (CommandName command : CommandName.values()) {
            zshCommand(script, command);
        }
        script.append("            esac ;;\n    esac\n}\n");
        script.append("if [ \"$funcstack[1]\" = _pgkeep ]; then _pgkeep \"$@\"; else compdef _pgkeep pgkeep; fi\n");
        return script.toString();
    }

    private static void zshCommand(StringBuilder script, CommandName command) {
        String names = command.alias().isEmpty() ? command.text() : command + "|" + command.alias();
        script.append("                ").append(names).append(")\n                    _arguments");
        for (Option<?> option : Options.of(command)) {
            if (!option.secret()) {
                script.append(" \\\n                        '")
                        .append(option.isList() ? "*" : "")
                        .append(typed(option));
                script.append(option.takesNext() ? "=" : "")
                        .append('[')
                        .append(quoted(option.sentence()))
                        .append(']');
                script.append(option.takesNext() ? ":value:" + zshAction(option) : "")
                        .append('\'');
            }
        }
        script.append(" \\\n                        '*:operand:")
                .append(zshOperand(command))
                .append("' ;;\n");
    }

    private static String zshAction(Option<?> option) {
        return switch (element(option.type())) {
            case OptionType.Choice(var words) -> "(" + String.join(" ", words) + ")";
            case OptionType.PathName(String label) when label.equals("DIR") -> "_files -/";
            case OptionType.PathName _ -> "_files";
            default -> " ";
        };
    }

    private static String zshOperand(CommandName command) {
        if (takesFiles(command)) {
            return "_files";
        }
        return verbs(command).isEmpty() ? " " : "(" + String.join(" ", verbs(command)) + ")";
    }

    /** Fit for a description within single quotes and brackets. */
    private static String quoted(String text) {
        return text.replace("'", "'\\''")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }
}
