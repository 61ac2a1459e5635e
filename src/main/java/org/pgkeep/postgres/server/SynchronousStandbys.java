package org.pgkeep.postgres.server;

/** What {@code synchronous_standby_names} says (documentation, "Replication"). */
public final class SynchronousStandbys {
    private SynchronousStandbys() {}

    /** Whether commits may wait for a standby of this name. {@code FIRST 1 (a, "b")}, {@code ANY 2 (*)}, {@code a, b}: names are compared without regard to case. */
    public static boolean include(String setting, String applicationName) {
        String list = setting.indexOf('(') >= 0
                ? setting.substring(
                        setting.indexOf('(') + 1, Math.max(setting.indexOf('(') + 1, setting.lastIndexOf(')')))
                : setting;
        for (String each : list.split(",", -1)) {
            String name = each.strip();
            String bare = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                    ? name.substring(1, name.length() - 1)
                    : name;
            if (bare.equals("*") || bare.equalsIgnoreCase(applicationName)) {
                return true;
            }
        }
        return false;
    }
}
