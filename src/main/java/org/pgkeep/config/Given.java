package org.pgkeep.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command line says, not yet checked.
 *
 * @param command the command
 * @param options each option that was given, with its values in order; a flag's is {@code true} or {@code false}
 * @param operands what is neither command nor option
 */
public record Given(CommandName command, Map<Option<?>, List<String>> options, List<String> operands) {
    public Given {
        options = new LinkedHashMap<>(options);
        operands = List.copyOf(operands);
    }
}
