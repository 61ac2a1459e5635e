package org.pgkeep;

/** A program that works until it is interrupted, and then cleans up; started by {@link InterruptionTest}. */
final class InterruptedWork {
    private InterruptedWork() {}

    /** Works; the argument is the status that it ends with if nobody disturbs it. */
    public static void main(String[] arguments) {
        System.exit(Interruption.guard(() -> work(Integer.parseInt(arguments[0])), arguments.length > 1));
    }

    private static int work(int status) {
        System.out.println("working");
        try {
            Thread.sleep(status == 0 ? 60_000 : 1);
            return status;
        } catch (InterruptedException e) {
            try {
                Thread.sleep(300);
            } catch (InterruptedException again) {
                System.out.println("disturbed");
            }
            System.out.println("cleaned up");
            return 1;
        }
    }
}
