/** What a command's name says about sending it twice. */

/** Commands that only read. Everything else changes something and is never repeated without a thought. */
export function isRead(command: string): boolean {
  return /^(list|get|query|find)/.test(command);
}

/**
 * Changes that may be sent twice: the second one finds the work done, or an error that its caller takes for success.
 * Not in it: everything that creates (create…, deploy…, associate…, register…, add…, assign…), and attachVolume, which refuses
 * a volume that it has just attached (recording 07).
 */
export function isRepeatable(command: string): boolean {
  return (
    isRead(command) ||
    /^(update|delete|destroy|expunge|stop|start|scale|disable|enable|lock|replace|reset)/.test(command)
  );
}
