package org.pgkeep.report;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.PathName;

/**
 * Which files of a backup are wanted, as shells and {@code .gitignore} say it: {@code *}, {@code ?} and {@code [a-z]} match within a name,
 * {@code **} across folders; what has no slash is a name at any depth; a folder stands for all that is in it.
 */
public final class FileFilter {
    /** Every file. */
    public static final FileFilter ALL = new FileFilter(List.of());

    private final List<Pattern> patterns;

    /** What one of these matches; everything where there are none. */
    public FileFilter(List<String> globs) {
        this.patterns = globs.stream().map(FileFilter::pattern).toList();
    }

    /** Whether it is wanted. */
    public boolean matches(PathName path) {
        if (patterns.isEmpty()) {
            return true;
        }
        // One character a byte, in the pattern as in the path: names need not be UTF-8.
        String text = path.latin1();
        return patterns.stream().anyMatch(pattern -> pattern.matcher(text).matches());
    }

    private static Pattern pattern(String glob) {
        String bytes = new String(glob.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String path = trimmed(bytes);
        String anywhere = path.indexOf('/') < 0 && !bytes.startsWith("/") && !bytes.startsWith("./") ? "(?:.*/)?" : "";
        try {
            return Pattern.compile(anywhere + regex(path) + "(?:/.*)?", Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new PgkeepException(
                            ErrorCode.USAGE,
                            "'" + glob + "' is not a pattern for files",
                            "Use *, ?, [a-z] and **, as a shell does.")
                    .causedBy(e);
        }
    }

    /** Without what people type around a path. */
    private static String trimmed(String glob) {
        int from = glob.startsWith("./") ? 2 : glob.startsWith("/") ? 1 : 0;
        int to = glob.length() > from && glob.endsWith("/") ? glob.length() - 1 : glob.length();
        return glob.substring(from, to);
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < glob.length()) {
            char c = glob.charAt(at);
            int end = c == '[' ? glob.indexOf(']', at + 2) : -1;
            if (c == '*' && glob.startsWith("**", at)) {
                regex.append(".*");
                at++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (end > 0) {
                regex.append(charset(glob.substring(at + 1, end)));
                at = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
            at++;
        }
        return regex.toString();
    }

    private static String charset(String inside) {
        boolean not = inside.startsWith("!") || inside.startsWith("^");
        StringBuilder set = new StringBuilder(not ? "[^/" : "[");
        for (int i = not ? 1 : 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            boolean range = c == '-' && i > (not ? 1 : 0) && i < inside.length() - 1;
            set.append(range || Character.isLetterOrDigit(c) ? "" : "\\").append(c);
        }
        return set.append(']').toString();
    }
}
