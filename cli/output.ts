/**
 * What becomes of a command whose output cannot be written: where nobody reads on (`| head`), the command ends as it would
 * have ended; a full disk is a message, and exit code 1.
 */
export function mindOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`strata: the output could not be written: ${error.message}\n`);
    process.exit(1);
  });
}
