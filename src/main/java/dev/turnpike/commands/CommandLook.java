package dev.turnpike.commands;

/** One look at a command, by the routes: what it has come to is in the run afterwards. */
@FunctionalInterface
interface CommandLook {

    /**
     * Looks at the command.
     *
     * @throws RuntimeException for what no look could mend, such as a lost partition or Kafka being away
     */
    void at(CommandRun run);
}
