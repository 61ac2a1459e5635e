package org.pgkeep;

/** Entry. */
public final class Main {
    private Main() {}

    /** Starts. */
    public static void main(String[] arguments) {
        System.out.println("pgkeep");
    }
}
