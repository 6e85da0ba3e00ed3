package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One request to Slack; an incoming webhook has no methods, and takes the body alone. */
record SlackCall(Method method, ObjectNode body) {

    /** The methods of the Web API that the bot needs. */
    enum Method {
        POST("/chat.postMessage"),
        UPDATE("/chat.update");

        private final String path;

        Method(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }
    }
}
