/** The words of a call are wrong: the message says which, and the usage follows it. Exit code 2. */
export class UsageError extends Error {}
